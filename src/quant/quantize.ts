import { invariant, UserError } from "../lib/assert.ts";
import { groupShape, keptCount } from "./layout.ts";
import { pruneMagnitude } from "./prune.ts";
import { formatRow } from "./registry.ts";
import { keepMagnitude24 } from "./sparse24.ts";
import type { FormatRow, QuantTensor, WeightFormat } from "./types.ts";

/**
 * Codes of values [rows][cols] in a format: the 2:4 mask first where the format is sparse, then the
 * codes of what it keeps, a scale for every group of `cols` (so group 32 is 16 kept values). Dense
 * f32 shares the given array. Throws UserError, with `name` as the subject, on NaN, infinity and
 * magnitudes that the format's scale cannot express.
 */
export function quantizeTensor(
  values: Float32Array,
  rows: number,
  cols: number,
  format: WeightFormat,
  options: { readonly name?: string } = {},
): QuantTensor {
  const row = formatRow(format.id);
  const name = options.name ?? "The matrix";
  if (values.length !== rows * cols) {
    throw new UserError(
      `${name} has ${values.length} values where [${rows}, ${cols}] needs ${rows * cols}.`,
    );
  }
  invariant(row.methods.includes(format.method), `${row.id} has no scale for ${format.method}`);
  checkRange(values, cols, row, name);
  const left = format.pruned === undefined ? values : pruneMagnitude(values, format.pruned);
  const shape = groupShape(row, format, rows, cols);
  const sparse = format.sparse ? keepMagnitude24(left, rows, cols) : undefined;
  return {
    format,
    rows,
    cols,
    ...row.quantize(sparse ? sparse.kept : left, shape, format.method),
    ...(sparse ? { positions: sparse.positions } : {}),
  };
}

/** The matrix [rows][cols] that the codes stand for, in f32: the reference of every kernel. */
export function dequantizeTensor(tensor: QuantTensor): Float32Array {
  const { format, rows, cols } = tensor;
  const row = formatRow(format.id);
  const kept = row.dequantize(tensor, groupShape(row, format, rows, cols));
  return tensor.positions ? placeKept(tensor, kept, new Float32Array(rows * cols)) : kept;
}

/** Writes kept values [rows][kept] of a 2:4 matrix to their places in `to` [rows][cols]. */
export function placeKept<T extends Float32Array | Int16Array>(
  { rows, cols, positions }: QuantTensor,
  kept: T,
  to: T,
): T {
  const width = keptCount(true, cols);
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < width; i++) {
      const position = positions?.[(n * width + i) >> 1] ?? 0;
      const col = 4 * (i >> 1) + (i & 1 ? position >> 2 : position & 3);
      if (col < cols) to[n * cols + col] = kept[n * width + i] ?? 0;
    }
  }
  return to;
}

function checkRange(values: Float32Array, cols: number, row: FormatRow, name: string): void {
  const { largest } = row;
  const index = firstBeyond(values, largest);
  if (index < 0) return;
  const value = values[index] ?? 0;
  const place = `${name} holds ${value} at row ${Math.floor(index / cols)}, column ${index % cols}`;
  throw new UserError(
    Number.isFinite(value)
      ? `${place}, and ${row.id} reaches no further than ${largest}.`
      : `${place}; weights must be finite numbers.`,
  );
}

/** The place of the first magnitude that is greater, or no number; -1 without one. */
function firstBeyond(values: Float32Array, largest: number): number {
  for (let i = 0; i < values.length; i++) {
    if (!(Math.abs(values[i] ?? 0) <= largest)) return i;
  }
  return -1;
}
