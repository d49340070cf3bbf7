import { UserError } from "../lib/assert.ts";
import { floatRows } from "./float.ts";
import { intRows } from "./int.ts";
import type { FormatRow } from "./types.ts";

/** Every weight format, in the order in which lists show them. */
export const formats: readonly FormatRow[] = [...floatRows, ...intRows];

const byId = new Map(formats.map((row) => [row.id, row]));

/** The row of a registry id, or undefined. */
export function findFormat(id: string): FormatRow | undefined {
  return byId.get(id);
}

/** The row of a registry id; throws UserError on an unknown one. */
export function formatRow(id: string): FormatRow {
  const row = byId.get(id);
  if (row) return row;
  throw new UserError(`"${id}" is not a weight format; there are ${[...byId.keys()].join(", ")}.`);
}
