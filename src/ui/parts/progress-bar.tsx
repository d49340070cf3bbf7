import { widthOf } from "../figures.ts";

interface ProgressBarProps {
  readonly label: string;
  readonly fraction: number;
  /** What is in work, in a line below. */
  readonly note: string;
}

export function ProgressBar({ label, fraction, note }: ProgressBarProps) {
  return (
    <>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuenow={Math.round(fraction * 100)}
        className="my-1.5 h-1.5 overflow-hidden rounded-full bg-sunk"
      >
        <div className="h-full bg-accent" style={{ width: widthOf(fraction) }} />
      </div>
      <p className="truncate font-mono text-[11px] text-soft">{note}</p>
    </>
  );
}
