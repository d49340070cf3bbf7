import { useId, useState } from "react";
import { moveFocus } from "./roving.ts";

export interface SegmentOption {
  readonly value: string;
  readonly label: string;
  readonly chosen: boolean;
  /** Why it cannot be chosen; null when it can. */
  readonly reason: string | null;
  /** A small figure under the label: what choosing it would give. */
  readonly figure?: string | null;
  /** What it stands under in a list. */
  readonly heading?: string;
  /** More to find it by, and to say of it where there is room. */
  readonly about?: string;
}

export interface SegmentProps {
  readonly label: string;
  readonly options: readonly SegmentOption[];
  readonly big?: boolean;
  onChoose(value: string): void;
}

/** Radio buttons in a row. An option that is impossible here stays reachable and tells why. */
export function Segment({ label, options, big = false, onChoose }: SegmentProps) {
  const [told, setTold] = useState<string | null>(null);
  const id = useId();
  const choose = (value: string | undefined) => {
    const option = options.find((other) => other.value === value);
    if (!option) return;
    setTold(option.reason ? `${option.label}: ${option.reason}` : null);
    if (!option.reason && !option.chosen) onChoose(option.value);
  };
  const stop = options.find((option) => option.chosen) ?? options[0];
  return (
    <>
      <div
        role="radiogroup"
        aria-label={label}
        className="flex rounded-field bg-sunk p-0.5"
        onKeyDown={(event) => choose(moveFocus(event)?.dataset.stop)}
      >
        {options.map(({ value, label: name, chosen, reason, figure }) => (
          // biome-ignore lint/a11y/useSemanticElements: a native radio cannot tell why it is disabled.
          <button
            key={value}
            type="button"
            role="radio"
            aria-checked={chosen}
            aria-disabled={reason !== null}
            aria-describedby={told && reason ? id : undefined}
            aria-label={figure ? `${name}, ${figure} bits a weight` : name}
            title={reason ?? undefined}
            data-stop={value}
            tabIndex={value === stop?.value ? 0 : -1}
            onClick={() => choose(value)}
            className={`min-w-0 flex-1 px-0.5 rounded-md leading-tight ${big ? "py-1.5" : "py-1"} ${look(chosen, reason !== null, big)}`}
          >
            <span className={big ? "font-mono text-sm font-semibold" : "text-[13px]"}>{name}</span>
            {figure !== undefined && (
              <span className={`block font-mono text-[10.5px] ${chosen ? "" : "text-faint"}`}>
                {figure ?? "·"}
              </span>
            )}
          </button>
        ))}
      </div>
      {told && (
        <p id={id} role="status" className="text-xs text-heat-ink">
          {told}
        </p>
      )}
    </>
  );
}

function look(chosen: boolean, impossible: boolean, big: boolean): string {
  if (chosen && big) return "bg-accent text-on-accent";
  if (chosen)
    return "bg-panel text-ink font-semibold shadow-[0_1px_2px_#0002,0_0_0_1px_var(--color-line)]";
  return impossible ? "text-faint opacity-55" : "text-soft hover:text-ink";
}
