import { invariant } from "../lib/assert.ts";
import { groupShape, groupSize } from "../quant/layout.ts";
import { dequantizeTensor, placeKept } from "../quant/quantize.ts";
import { formatRow } from "../quant/registry.ts";
import type { QuantTensor } from "../quant/types.ts";
import { segmentUnits, unitCount } from "./linear.ts";

/** Integer activations: codes [tokens][spans * 32] of 8 bits or fewer, scales [tokens][spans]. */
export interface IntActivations {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

const EPSILON = 2 ** -24;

/** y [tokens][rows] in f64 of x [tokens][xStride] with the matrix that the codes stand for. */
export function linearRef(
  tensor: QuantTensor,
  x: Float32Array,
  tokens: number,
  xStride: number,
): Float64Array {
  return products(tensor, dequantizeTensor(tensor), x, tokens, xStride, (value) => value);
}

/**
 * How far a kernel's f32 result may be from linearRef, [tokens][rows]: every term passes at most
 * `depth` roundings, whatever the order of summation. Σ u x and z Σ x are summed apart, so that the
 * terms are s u x and s z x; products below 2^-126 may be flushed to 0.
 */
export function linearBound(
  tensor: QuantTensor,
  x: Float32Array,
  tokens: number,
  xStride: number,
): Float64Array {
  const { cols } = tensor;
  const depth = 48 + Math.ceil(cols / 32);
  const sums = products(tensor, termSizes(tensor), x, tokens, xStride, Math.abs);
  return sums.map((sum) => depth * EPSILON * sum + cols * 2 ** -126);
}

function products(
  { rows, cols }: QuantTensor,
  weights: Float32Array,
  x: Float32Array,
  tokens: number,
  xStride: number,
  of: (value: number) => number,
): Float64Array {
  const y = new Float64Array(tokens * rows);
  const inputs = Float64Array.from(x, of);
  for (let t = 0; t < tokens; t++) {
    for (let n = 0; n < rows; n++) {
      let sum = 0;
      const [at, from] = [n * cols, t * xStride];
      for (let k = 0; k < cols; k++) sum += (weights[at + k] ?? 0) * (inputs[from + k] ?? 0);
      y[t * rows + n] = sum;
    }
  }
  return y;
}

/** Magnitudes of what a kernel adds up for each weight [rows][cols]: |w|, or more where zero points enter apart. */
function termSizes(tensor: QuantTensor): Float32Array {
  const { rows, cols, format } = tensor;
  const row = formatRow(format.id);
  const terms = row.terms?.(tensor, groupShape(row, format, rows, cols));
  if (!terms) return dequantizeTensor(tensor).map(Math.abs);
  if (!format.sparse) return terms.kept;
  const size = groupSize(row, format, cols);
  const groups = Math.ceil(cols / size);
  const pruned = Float32Array.from({ length: rows * cols }, (_, i) => {
    const n = Math.floor(i / cols);
    return terms.pruned[n * groups + Math.floor((i - n * cols) / size)] ?? 0;
  });
  return placeKept(tensor, terms.kept, pruned);
}

/**
 * y [tokens][rows] as the integer families give it, bit for bit: exact sums in a span of 32 inputs,
 * then f32 in the order of lib/dot_scaled.wgsl.
 */
export function linearIntRef(
  tensor: QuantTensor,
  { codes, scales }: IntActivations,
  tokens: number,
): Float32Array {
  const { rows, cols, format } = tensor;
  const spans = Math.ceil(cols / 32);
  const segment = segmentUnits(unitCount(format, cols)) * (format.sparse ? 2 : 1);
  const row = formatRow(format.id);
  const integers = row.integers?.(tensor, groupShape(row, format, rows, cols));
  invariant(integers, `${format.id} has no integer levels`);
  const levels = format.sparse
    ? placeKept(tensor, integers.levels, new Int16Array(rows * cols))
    : integers.levels;
  const size = groupSize(row, format, cols);
  const groups = Math.ceil(cols / size);
  const y = new Float32Array(tokens * rows);
  for (let t = 0; t < tokens; t++) {
    for (let n = 0; n < rows; n++) {
      let total = 0;
      let sum = 0;
      for (let span = 0; span < spans; span++) {
        let dots = 0;
        const [from, at] = [(t * spans + span) * 32, n * cols + span * 32];
        const count = Math.min(32, cols - span * 32);
        for (let i = 0; i < count; i++) dots += (levels[at + i] ?? 0) * (codes[from + i] ?? 0);
        const own = integers.scales[n * groups + Math.floor((span * 32) / size)] ?? 0;
        const scale = Math.fround(own * (scales[t * spans + span] ?? 0));
        sum = Math.fround(sum + Math.fround(dots * scale));
        if ((span + 1) % segment === 0 || span === spans - 1) {
          total = Math.fround(total + sum);
          sum = 0;
        }
      }
      y[t * rows + n] = total;
    }
  }
  return y;
}
