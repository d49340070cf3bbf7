import { scaleBits } from "./scale-bits.ts";
import type { Codes, GroupShape, Integers, Terms } from "./types.ts";

/** Visits the groups of kept values [rows][width] in order; `at` counts them through all rows. */
export function eachGroupOf(
  { rows, width, step }: GroupShape,
  visit: (start: number, stop: number, at: number, row: number) => void,
): void {
  for (let at = 0, row = 0; row < rows; row++) {
    const end = (row + 1) * width;
    for (let start = row * width; start < end; start += step, at++) {
      visit(start, Math.min(start + step, end), at, row);
    }
  }
}

/** What a group's codes stand for: scale * (code - zero). */
export interface Affine {
  readonly scale: number;
  readonly zero: number;
}

/** Values of codes that lie on one line a group; the product must fit into f32, or be what the kernels round. */
export function affineValues(
  { codes }: Codes,
  shape: GroupShape,
  of: (group: number, row: number) => Affine,
): Float32Array {
  const values = new Float32Array(shape.rows * shape.width);
  eachGroupOf(shape, (start, stop, at, row) => {
    const { scale, zero } = of(at, row);
    for (let i = start; i < stop; i++) values[i] = scale * ((codes[i] ?? 0) - zero);
  });
  return values;
}

export function affineIntegers(
  { codes }: Codes,
  shape: GroupShape,
  of: (group: number, row: number) => Affine,
): Integers {
  const levels = new Int16Array(shape.rows * shape.width);
  const scales = new Float32Array(shape.rows * shape.groups);
  eachGroupOf(shape, (start, stop, at, row) => {
    const { scale, zero } = of(at, row);
    scales[at] = scale;
    for (let i = start; i < stop; i++) levels[i] = (codes[i] ?? 0) - zero;
  });
  return { levels, scales };
}

/** Kernels sum s u x and s z x apart, and take a pruned input for one with u = z. */
export function affineTerms(
  { codes }: Codes,
  shape: GroupShape,
  of: (group: number, row: number) => Affine,
): Terms {
  const kept = new Float32Array(shape.rows * shape.width);
  const pruned = new Float32Array(shape.rows * shape.groups);
  eachGroupOf(shape, (start, stop, at, row) => {
    const { scale, zero } = of(at, row);
    pruned[at] = Math.abs(scale) * 2 * zero;
    for (let i = start; i < stop; i++) kept[i] = Math.abs(scale) * ((codes[i] ?? 0) + zero);
  });
  return { kept, pruned };
}

/** Values of codes that stand for whole levels times a scale a group. */
export function levelValues(
  { codes }: Codes,
  shape: GroupShape,
  scaleOf: (at: number, row: number) => number,
  levelsOf: (at: number) => ArrayLike<number>,
): Float32Array {
  const values = new Float32Array(shape.rows * shape.width);
  eachGroupOf(shape, (start, stop, at, row) => {
    const [scale, levels] = [scaleOf(at, row), levelsOf(at)];
    for (let i = start; i < stop; i++) values[i] = scale * (levels[codes[i] ?? 0] ?? 0);
  });
  return values;
}

export function levelIntegers(
  { codes }: Codes,
  shape: GroupShape,
  scaleOf: (at: number, row: number) => number,
  levelsOf: (at: number) => ArrayLike<number>,
): Integers {
  const levels = new Int16Array(shape.rows * shape.width);
  const scales = new Float32Array(shape.rows * shape.groups);
  eachGroupOf(shape, (start, stop, at, row) => {
    const own = levelsOf(at);
    scales[at] = scaleOf(at, row);
    for (let i = start; i < stop; i++) levels[i] = own[codes[i] ?? 0] ?? 0;
  });
  return { levels, scales };
}

/** Codes of all groups, and the step that `choose` gives for each as f16. */
export function stepCodes(
  kept: Float32Array,
  shape: GroupShape,
  choose: (start: number, stop: number, codes: Uint8Array) => number,
): Codes {
  const codes = new Uint8Array(kept.length);
  const scales = new Uint16Array(shape.rows * shape.groups);
  eachGroupOf(shape, (start, stop, at) => {
    scales[at] = scaleBits(choose(start, stop, codes));
  });
  return { codes, scales };
}
