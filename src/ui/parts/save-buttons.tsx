import { useState } from "react";
import type { Download, ReportKind } from "../../store/types.ts";
import { Button } from "./button.tsx";
import { saveFile } from "./save-file.ts";

const kinds = [
  { kind: "json", label: "JSON" },
  { kind: "csv", label: "CSV" },
  { kind: "html", label: "HTML" },
  { kind: "markdown", label: "Markdown" },
] as const satisfies readonly { kind: ReportKind; label: string }[];

interface SaveButtonsProps {
  /** "Export report": each button says it and its kind. */
  readonly label: string;
  save(kind: ReportKind): Promise<Download>;
}

export function SaveButtons({ label, save }: SaveButtonsProps) {
  const [fault, setFault] = useState<string | null>(null);
  const press = async (kind: ReportKind) => {
    try {
      const { name, type, text } = await save(kind);
      saveFile(name, type, text);
      setFault(null);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own box.
    <div role="group" aria-label={label} className="flex items-center gap-1.5">
      {kinds.map(({ kind, label: name }) => (
        <Button
          key={kind}
          className="px-2.5 py-1 text-[13px]"
          aria-label={`${label} as ${name}`}
          onClick={() => void press(kind)}
        >
          {name}
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
