import { findFormat, formats, usualFormat } from "./registry.ts";
import type { WeightFormat } from "./types.ts";

/** What one matrix would take and lose in one format. */
export interface BudgetChoice {
  readonly format: WeightFormat;
  readonly bytes: number;
  /** Squared error of the weights, in whatever unit makes matrices comparable. */
  readonly error: number;
}

/**
 * Formats that a budget chooses among for a base: those of its kind in other widths, with its group, mask and method; integers where it has
 * no other widths, or is what a file has. From few bits to many.
 */
export function budgetFormats(base: WeightFormat): readonly WeightFormat[] {
  const own = findFormat(base.id);
  const kind = formats.filter(
    (row) => row.family === own?.family && row.asymmetric === own.asymmetric,
  );
  const widths = new Set(kind.map(({ bits }) => bits));
  const ladder = own?.family !== "float" && widths.size > 1 && widths.size === kind.length;
  const rows = ladder ? kind : formats.filter((row) => row.family === "int" && !row.asymmetric);
  return rows
    .toSorted((a, b) => a.bits - b.bits)
    .map((row) => {
      const usual = usualFormat(row);
      const group = row.groups.find((size) => size === base.group) ?? usual.group;
      return {
        ...usual,
        ...(group !== undefined && { group }),
        sparse: base.sparse && row.sparse,
        ...(base.pruned !== undefined && row.exactZero && { pruned: base.pruned }),
        method: row.methods.includes(base.method) ? base.method : "rtn",
      };
    });
}

/**
 * One choice for each matrix, so that their bytes stay within `bytes` and the sum of errors is small: all begin with their least, then
 * whichever step up gains most for each byte is taken, along the lower hull of each matrix's choices, while it fits. Null where not even
 * the least of all fit. Greedy on convex choices is the best there is, but for what the last step leaves over.
 */
export function spendBudget(
  matrices: readonly (readonly BudgetChoice[])[],
  bytes: number,
): readonly BudgetChoice[] | null {
  const hulls = matrices.map(lowerHull);
  const at = hulls.map(() => 0);
  const choice = (matrix: number): BudgetChoice | undefined => hulls[matrix]?.[at[matrix] ?? 0];
  let left = bytes;
  for (const matrix of hulls.keys()) left -= choice(matrix)?.bytes ?? 0;
  if (left < 0) return null;
  for (;;) {
    let best: { readonly matrix: number; readonly bytes: number } | null = null;
    let most = 0;
    for (const [matrix, hull] of hulls.entries()) {
      const [from, to] = [choice(matrix), hull[(at[matrix] ?? 0) + 1]];
      if (!from || !to || to.bytes - from.bytes > left) continue;
      const gain = (from.error - to.error) / (to.bytes - from.bytes);
      if (gain <= most) continue;
      most = gain;
      best = { matrix, bytes: to.bytes - from.bytes };
    }
    if (!best) break;
    at[best.matrix] = (at[best.matrix] ?? 0) + 1;
    left -= best.bytes;
  }
  return hulls.flatMap((hull, matrix) => hull[at[matrix] ?? 0] ?? []);
}

/** Choices that no mixture of two others beats, from few bytes to many: each step gains less for a byte than the one before it. */
function lowerHull(choices: readonly BudgetChoice[]): readonly BudgetChoice[] {
  const hull: BudgetChoice[] = [];
  const sorted = choices.toSorted((a, b) => a.bytes - b.bytes || a.error - b.error);
  for (const next of sorted) {
    const last = hull.at(-1);
    if (last && next.error >= last.error) continue;
    for (;;) {
      const [first, second] = [hull.at(-2), hull.at(-1)];
      if (!first || !second || gain(first, second) > gain(second, next)) break;
      hull.pop();
    }
    hull.push(next);
  }
  return hull;
}

function gain(from: BudgetChoice, to: BudgetChoice): number {
  return (from.error - to.error) / (to.bytes - from.bytes);
}
