import { Download } from "lucide-react";
import { useState } from "react";
import { Button } from "../parts/button.tsx";
import { useBitdial } from "../use-store.ts";

const kinds = [
  { kind: "json", label: "JSON" },
  { kind: "markdown", label: "Markdown" },
] as const;

export function ExportButtons() {
  const exportReport = useBitdial((state) => state.exportReport);
  const [fault, setFault] = useState<string | null>(null);
  const save = async (kind: "json" | "markdown") => {
    try {
      const { name, type, text } = await exportReport(kind);
      download(name, type, text);
      setFault(null);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box.
    <div role="group" aria-label="Export report" className="flex items-center gap-1.5">
      <span className="inline-flex items-center gap-1.5 text-[13px] text-soft">
        <Download size={15} aria-hidden="true" />
        Export report
      </span>
      {kinds.map(({ kind, label }) => (
        <Button
          key={kind}
          className="px-2.5 py-1 text-[13px]"
          aria-label={`Export report as ${label}`}
          onClick={() => void save(kind)}
        >
          {label}
        </Button>
      ))}
      {fault && (
        <span role="alert" className="text-xs text-bad">
          {fault}
        </span>
      )}
    </div>
  );
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the bytes by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
