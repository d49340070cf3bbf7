import type { ReactNode } from "react";

interface ScoreProps {
  readonly name: string;
  readonly value: ReactNode;
  /** Where the figure comes from, for whoever wants to know exactly. */
  readonly source: string;
  readonly children?: ReactNode;
}

export function Score({ name, value, source, children }: ScoreProps) {
  return (
    <div className="min-w-0 bg-panel px-3.5 py-3" title={source}>
      <dt className="text-xs text-soft">{name}</dt>
      <dd>
        <span className="block text-xl leading-snug font-semibold tracking-tight whitespace-nowrap">
          {value}
        </span>
        <small className="block text-xs leading-normal text-faint">{children}</small>
      </dd>
    </div>
  );
}

/** Nothing has been measured yet. */
export function Unknown() {
  return (
    <span className="text-faint">
      <span aria-hidden="true">–</span>
      <span className="sr-only">not measured yet</span>
    </span>
  );
}

interface ChangeProps {
  readonly good: boolean | null;
  readonly children: ReactNode;
}

/** Better, worse, or (null) not to be told apart from noise. */
export function Change({ good, children }: ChangeProps) {
  const look = good === null ? "text-soft" : good ? "text-good" : "text-bad";
  return <span className={look}>{children}</span>;
}
