import type { ReactNode } from "react";

interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

export function Facts({ rows }: { readonly rows: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[minmax(0,3fr)_minmax(0,4fr)] gap-x-4 gap-y-1">
      {rows.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt className="text-soft">{name}</dt>
          <dd className="text-right font-mono text-xs leading-5 [overflow-wrap:anywhere]">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
