import type { Download, ReportKind } from "../../store/types.ts";
import { FileButtons } from "./file-buttons.tsx";
import { saveFile } from "./save-file.ts";

const kinds = [
  { kind: "json", label: "JSON" },
  { kind: "csv", label: "CSV" },
  { kind: "html", label: "HTML" },
  { kind: "markdown", label: "Markdown" },
] as const satisfies readonly { kind: ReportKind; label: string }[];

interface SaveButtonsProps {
  readonly label: string;
  save(kind: ReportKind): Promise<Download>;
}

/** A report in every form there is. */
export function SaveButtons({ label, save }: SaveButtonsProps) {
  return (
    <FileButtons
      label={label}
      kinds={kinds}
      save={async (kind) => {
        const { name, type, text } = await save(kind);
        saveFile(name, type, text);
      }}
    />
  );
}
