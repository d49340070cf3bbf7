import type { Estimate } from "./quality.ts";

export type Cell = string | number | boolean | null | undefined;
export type Column = readonly [name: string, value: Cell];

/** A value and the ends of its interval; empty cells where there is none. */
export function estimateColumns(name: string, estimate: Estimate | null | undefined): Column[] {
  return [
    [name, estimate?.value],
    [`${name}_low`, estimate?.interval?.low],
    [`${name}_high`, estimate?.interval?.high],
  ];
}
