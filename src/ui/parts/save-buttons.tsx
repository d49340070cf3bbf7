import { useState } from "react";
import type { Download } from "../../store/types.ts";
import { Button } from "./button.tsx";

const kinds = [
  { kind: "json", label: "JSON" },
  { kind: "markdown", label: "Markdown" },
] as const;

type Kind = (typeof kinds)[number]["kind"];

interface SaveButtonsProps {
  /** "Export report": each button says it and its kind. */
  readonly label: string;
  save(kind: Kind): Promise<Download>;
}

export function SaveButtons({ label, save }: SaveButtonsProps) {
  const [fault, setFault] = useState<string | null>(null);
  const press = async (kind: Kind) => {
    try {
      download(await save(kind));
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

function download({ name, type, text }: Download): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the bytes by the next turn of the loop.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
