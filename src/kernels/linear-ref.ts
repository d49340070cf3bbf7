import { f16ToF32 } from "../lib/f16.ts";
import { dequantizeTensor } from "../quant/quantize.ts";
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

/** |w|, or |s| (u + z) for codes, [rows][cols]. Pruned inputs take part with u = z. */
function termSizes(tensor: QuantTensor): Float32Array {
  const row = formatRow(tensor.format.id);
  if (row.family === "float") return dequantizeTensor(tensor).map(Math.abs);
  const { rows, cols } = tensor;
  const sizes = new Float32Array(rows * cols);
  eachCode(tensor, (n, k, code, zero, scale) => {
    sizes[n * cols + k] = Math.abs(scale) * (code + zero);
  });
  return sizes;
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
  const centred = new Int16Array(rows * spans * 32);
  const weightScales = new Float32Array(rows * spans);
  eachCode(tensor, (n, k, code, zero, scale) => {
    centred[n * spans * 32 + k] = code - zero;
    weightScales[n * spans + (k >> 5)] = scale;
  });
  const y = new Float32Array(tokens * rows);
  for (let t = 0; t < tokens; t++) {
    for (let n = 0; n < rows; n++) {
      let total = 0;
      let sum = 0;
      for (let span = 0; span < spans; span++) {
        let dots = 0;
        const [from, at] = [(t * spans + span) * 32, (n * spans + span) * 32];
        for (let i = 0; i < 32; i++) dots += (centred[at + i] ?? 0) * (codes[from + i] ?? 0);
        const scale = Math.fround(
          (weightScales[n * spans + span] ?? 0) * (scales[t * spans + span] ?? 0),
        );
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

/** Code, zero point and scale of every input; pruned ones have the code of 0. */
function eachCode(
  { rows, cols, codes, format, scales, zeros, positions }: QuantTensor,
  visit: (row: number, col: number, code: number, zero: number, scale: number) => void,
): void {
  const { bits } = formatRow(format.id);
  const size = typeof format.group === "number" ? format.group : cols;
  const groups = Math.ceil(cols / size);
  const fours = Math.ceil(cols / 4);
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < cols; k++) {
      const at = n * groups + Math.floor(k / size);
      const zero = zeros ? (zeros[at] ?? 0) : 2 ** (bits - 1);
      let code = codes[n * cols + k] ?? 0;
      if (positions) {
        const four = n * fours + (k >> 2);
        const pair = positions[four] ?? 0;
        const kept = [pair & 3, pair >> 2].indexOf(k & 3);
        code = kept < 0 ? zero : (codes[2 * four + kept] ?? 0);
      }
      visit(n, k, code, zero, f16ToF32(scales?.[at] ?? 0));
    }
  }
}
