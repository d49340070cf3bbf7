import { f16ToF32, f32ToF16 } from "../lib/f16.ts";
import { createRng } from "../lib/rng.ts";
import { formatRow } from "../quant/registry.ts";
import type { WeightFormat } from "../quant/types.ts";

/** Rows that packers may get wrong, each by its index in fours. */
type Kind = (k: number, draw: ReturnType<typeof createRng>) => number;

/** Weights of every kind that rounding may treat in a way of its own; as f16 where a source holds only those. */
export function packingWeights(
  rows: number,
  cols: number,
  { id }: WeightFormat,
  halves: boolean,
): Float32Array {
  const { largest, bits } = formatRow(id);
  const most = Math.min(largest, halves ? 65504 : 3e38);
  const half = 2 ** (bits - 1);
  const kinds: readonly Kind[] = [
    (_k, draw) => draw.gauss() * 0.05,
    () => 0,
    () => -0,
    (k) => (k === 5 ? most : 0.001 * (k % 7)),
    (k) => (k % 2 ? -most : most),
    // Halves of steps under a scale of 1, and of equal magnitudes.
    (k) => (k === 0 ? -half : ((k % (2 * half)) - half) / 2),
    (k) => (k % 3 === 0 ? -0.25 : 0.25),
    // No normal f32; scales below what f16 has, and among its subnormals.
    (k) => (k % 2 ? -1 : 1) * (k % 9) * 2 ** -149,
    (_k, draw) => draw.gauss() * 2 ** -130,
    (_k, draw) => draw.gauss() * 2 ** -25,
    (_k, draw) => draw.gauss() * 2 ** -22,
    (k) => (k % 2 ? half : 1) * 2 ** -25,
    // One side of zero only.
    (_k, draw) => Math.abs(draw.laplace()),
    (_k, draw) => -1 - draw.uniform(),
    // Ranges whose quotients by the number of steps are hard to round.
    (_k, draw) => (draw.integer(4096) - 2048) / 1024,
    (_k, draw) => draw.gauss() * 2 ** (draw.integer(20) - 12),
  ];
  const draw = createRng(rows * 1000 + cols);
  return Float32Array.from({ length: rows * cols }, (_, at) => {
    const row = Math.floor(at / cols);
    // Groups of a row differ too.
    const k = at % cols;
    const value = kinds[(row + Math.floor(k / 32)) % kinds.length]?.(k, draw) ?? 0;
    const within = Math.fround(Math.max(-most, Math.min(value, most)));
    return halves ? f16ToF32(f32ToF16(within)) : within;
  });
}
