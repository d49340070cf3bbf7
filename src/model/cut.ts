import { tensorBytes } from "../quant/pack.ts";
import type { WeightRef } from "./plan.ts";

/**
 * Bytes of a binding that every WebGPU device allows. A larger matrix is cut here on devices that allow more too, so that all of them
 * compute the same: where a format has a scale for the whole matrix, each part has its own.
 */
export const mostBindingBytes = 128 << 20;

/** Parts begin where a tile of packed weights does. */
const tileRows = 32;

/**
 * Matrices that stand under one another in as few buffers as bindings allow: together, else each by itself, else by its rows. `ref` is
 * whole; `rowsOf` says how many rows a matrix of it has.
 */
export function cutToBindings(
  ref: WeightRef,
  rowsOf: (name: WeightRef["matrices"][number]) => number,
  mostBytes = mostBindingBytes,
): readonly WeightRef[] {
  if (fits(ref, ref.rows, mostBytes)) return [ref];
  if (ref.matrices.length > 1) {
    return ref.matrices.flatMap((name) =>
      cutToBindings({ ...ref, matrices: [name], rows: rowsOf(name) }, rowsOf, mostBytes),
    );
  }
  let step = Math.ceil(ref.rows / tileRows) * tileRows;
  for (let parts = 2; step > tileRows && !fits(ref, step, mostBytes); parts++)
    step = Math.ceil(ref.rows / parts / tileRows) * tileRows;
  const parts: WeightRef[] = [];
  for (let first = 0; first < ref.rows; first += step)
    parts.push({ ...ref, firstRow: first, rows: Math.min(step, ref.rows - first) });
  return parts;
}

function fits({ format, cols, layout }: WeightRef, rows: number, mostBytes: number): boolean {
  const bytes = tensorBytes(format, rows, cols, layout);
  return Math.max(bytes.weights, bytes.scales, bytes.positions) <= mostBytes;
}
