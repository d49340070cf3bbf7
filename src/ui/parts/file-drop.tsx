import { type DragEvent, type ReactNode, useId, useState } from "react";

interface FileDropProps {
  /** "Choose a text file": what the button says. */
  readonly label: string;
  /** ".txt,.md" */
  readonly accept: string;
  readonly disabled?: boolean;
  readonly children?: ReactNode;
  take(name: string, bytes: Uint8Array): void;
}

/** A place to drop a file on, with a button that opens the same for those who do not drag. */
export function FileDrop({ label, accept, disabled = false, children, take }: FileDropProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const read = async (file: File | undefined) => {
    if (file) take(file.name, new Uint8Array(await file.arrayBuffer()));
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) void read(event.dataTransfer.files[0]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the first is the button inside.
    <div
      className={`rounded-field border border-dashed px-2.5 py-2 ${over ? "border-accent bg-accent-wash" : "border-line"}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(!disabled);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-xs text-soft">
        <label
          htmlFor={id}
          className={`rounded-field border border-line px-2.5 py-1 text-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${disabled ? "opacity-50" : "cursor-pointer hover:border-faint"}`}
        >
          {label}
          <input
            id={id}
            type="file"
            accept={accept}
            disabled={disabled}
            className="sr-only"
            onChange={(event) => {
              void read(event.currentTarget.files?.[0]);
              // The same file may be chosen again after it was changed.
              event.currentTarget.value = "";
            }}
          />
        </label>
        {children}
      </div>
    </div>
  );
}
