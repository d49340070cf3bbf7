import type { ReactNode } from "react";

interface SwitchProps {
  readonly on: boolean;
  readonly children: ReactNode;
  readonly title?: string;
  onChange(on: boolean): void;
}

export function Switch({ on, children, title, onChange }: SwitchProps) {
  return (
    <label className="inline-flex cursor-pointer items-center gap-2 font-normal" title={title}>
      <input
        type="checkbox"
        role="switch"
        checked={on}
        aria-checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
        className="peer sr-only"
      />
      <span
        aria-hidden="true"
        className="relative h-4 w-7 rounded-full bg-faint transition-colors peer-checked:bg-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent after:absolute after:top-0.5 after:left-0.5 after:size-3 after:rounded-full after:bg-panel after:transition-transform peer-checked:after:translate-x-3"
      />
      {children}
    </label>
  );
}
