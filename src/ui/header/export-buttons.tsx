import { Download } from "lucide-react";
import { SaveButtons } from "../parts/save-buttons.tsx";
import { useBitdial } from "../use-store.ts";

export function ExportButtons() {
  const exportReport = useBitdial((state) => state.exportReport);
  return (
    <div className="flex items-center gap-1.5">
      <span className="inline-flex items-center gap-1.5 text-[13px] text-soft">
        <Download size={15} aria-hidden="true" />
        Export report
      </span>
      <SaveButtons label="Export report" save={exportReport} />
    </div>
  );
}
