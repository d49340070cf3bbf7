import { useState } from "react";
import { Button } from "./button.tsx";

interface FileButtonsProps<K extends string> {
  /** "Export report": each button says it and its kind. */
  readonly label: string;
  readonly kinds: readonly { readonly kind: K; readonly label: string }[];
  save(kind: K): Promise<void>;
}

/** A button for each form in which something can be saved, and what went wrong. */
export function FileButtons<K extends string>({ label, kinds, save }: FileButtonsProps<K>) {
  const [fault, setFault] = useState<string | null>(null);
  const press = async (kind: K) => {
    try {
      await save(kind);
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
