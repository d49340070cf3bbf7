import { createRng } from "../lib/rng.ts";
import { packTensor } from "../quant/pack.ts";
import { quantizeTensor } from "../quant/quantize.ts";
import { type Family, inputForm, layoutOf } from "../quant/registry.ts";
import type { Layout, QuantTensor, WeightFormat } from "../quant/types.ts";
import { linearParams } from "./linear.ts";
import { type IntActivations, linearBound, linearIntRef, linearRef } from "./linear-ref.ts";

/** Words that mean something in a kernel's buffers. */
export type Words = Float32Array | Uint32Array | Int32Array;

/** What stands where a kernel must not write. */
const UNTOUCHED = 7.25;
/** Which sampled token's row the stores of logits write to. */
const STEP = 2;

export type PlainStore = "set" | "add" | "logits";

export interface HostileShape {
  readonly format: WeightFormat;
  readonly family: Family;
  readonly activationBits: number;
  /** A bias is the same store with one sum more. */
  readonly store: PlainStore;
  readonly rows: number;
  readonly cols: number;
  readonly tokens: number;
}

/** One run of a matrix kernel on numbers that are meant to break it, and what must come out. */
export interface HostileRun {
  /** First contents by binding. */
  readonly buffers: Readonly<Record<string, Words>>;
  /** The whole of y, with what the kernel must leave alone. */
  readonly values: Float64Array;
  /** Largest |got - value|; 0 where bits must be equal, which is everywhere for the integer families. */
  readonly bound: Float64Array;
}

export function hostileRun(shape: HostileShape): HostileRun {
  const { format, family, store, rows, cols, tokens } = shape;
  const [yStride, yOffset] = [stride(rows + 5), 4];
  const tensor = hostileTensor(format, rows, cols);
  const activations = activationsFor(shape, tensor);
  const yRows = tokens + STEP;
  const y =
    store === "add"
      ? normals(rows, yRows * yStride)
      : new Float32Array(yRows * yStride).fill(UNTOUCHED);
  const values = Float64Array.from(y);
  const bound = new Float64Array(y.length);
  for (let t = 0; t < tokens; t++) {
    // A quad is written whole: 0 past the last row.
    for (let n = 0; n < Math.ceil(rows / 4) * 4; n++) {
      const at = (t + (store === "logits" ? STEP : 0)) * yStride + yOffset + n;
      const product = n < rows ? (activations.product[t * rows + n] ?? 0) : 0;
      const slack = n < rows ? (activations.bound?.[t * rows + n] ?? 0) : 0;
      const before = y[at] ?? 0;
      values[at] = store === "add" ? Math.fround(before + product) : product;
      bound[at] =
        slack && store === "add"
          ? slack + (Math.abs(before) + Math.abs(product)) * 2 ** -23
          : slack;
    }
  }
  return {
    buffers: {
      params: linearParams({
        rows,
        cols,
        tokens,
        xStride: stride(cols),
        yStride,
        yOffset,
        format,
      }),
      ...packedBuffers(tensor, layoutOf(family)),
      ...activations.buffers,
      y,
      state: Uint32Array.of(0, tokens, STEP, 0),
    },
    values,
    bound,
  };
}

/** Weights, scales and positions as the kernels read them. */
export function packedBuffers(tensor: QuantTensor, layout: Layout): Record<string, Words> {
  const { weights, scales, positions } = packTensor(tensor, layout);
  return { weights, ...(scales && { scales }), ...(positions && { positions }) };
}

const made = new Map<string, QuantTensor>();

/** Normal weights with a group of zeros, a huge one, constants and values below the smallest scale. */
export function hostileTensor(format: WeightFormat, rows: number, cols: number): QuantTensor {
  const key = JSON.stringify([format, rows, cols]);
  const known = made.get(key);
  if (known) return known;
  const values = normals(rows * 7919 + cols, rows * cols, 0.05);
  const fill = (row: number, value: (k: number) => number): void => {
    if (row >= rows) return;
    for (let k = 0; k < Math.min(32, cols); k++) values[row * cols + k] = value(k);
  };
  fill(rows - 1, (k) => (k === 17 ? -1e4 : 0.01));
  fill(5, () => 0);
  fill(2, () => -0.3);
  fill(7, (k) => (k - 16) * 1e-7);
  fill(10, (k) => (k - 16) * 1e-42);
  const tensor = quantizeTensor(values, rows, cols, format);
  made.set(key, tensor);
  return tensor;
}

function stride(width: number): number {
  return Math.ceil(width / 32) * 32;
}

interface Activations {
  readonly buffers: Readonly<Record<string, Words>>;
  readonly product: Float32Array | Float64Array;
  readonly bound?: Float64Array;
}

function activationsFor(
  { family, activationBits, cols, tokens, rows }: HostileShape,
  tensor: QuantTensor,
): Activations {
  if (family === "dequant") {
    const x = new Float32Array(tokens * stride(cols));
    for (let t = 0; t < tokens; t++)
      x.set(normals(t + rows, cols, t % 3 === 2 ? 40 : 1), t * stride(cols));
    return {
      buffers: { x },
      product: linearRef(tensor, x, tokens, stride(cols)),
      bound: linearBound(tensor, x, tokens, stride(cols)),
    };
  }
  const codes = intActivations(cols, tokens, activationBits);
  return {
    buffers: intBuffers(codes, inputForm(family) === "planes" ? activationBits : 0),
    product: linearIntRef(tensor, codes, tokens),
  };
}

/** Codes of the full symmetric range, their extremes among them, and scales of many magnitudes. */
function intActivations(cols: number, tokens: number, bits: number): IntActivations {
  const rng = createRng(cols * 31 + tokens);
  const spans = Math.ceil(cols / 32);
  const largest = 2 ** (bits - 1) - 1;
  const codes = new Int8Array(tokens * spans * 32);
  for (let t = 0; t < tokens; t++) {
    for (let k = 0; k < cols; k++) {
      const code =
        k % 37 === 0 ? -largest : k % 41 === 0 ? largest : rng.integer(2 * largest + 1) - largest;
      codes[t * spans * 32 + k] = code;
    }
  }
  const scales = Float32Array.from({ length: tokens * spans }, () => Math.exp(4 * rng.gauss() - 4));
  return { codes, scales };
}

/** What the quantize kernel writes: bytes, or with `planes` bits each word one bit of 32 codes. */
export function intBuffers(
  { codes, scales }: IntActivations,
  planes: number,
): Record<string, Words> {
  const spans = scales.length;
  const xs = new Float32Array(2 * spans);
  const bits = new Int32Array(xs.buffer);
  const xq = new Uint32Array(spans * (planes || 8));
  for (let span = 0; span < spans; span++) {
    let sum = 0;
    for (let e = 0; e < 32; e++) {
      const code = codes[span * 32 + e] ?? 0;
      sum += code;
      for (let bit = 0; bit < (planes || 8); bit++) {
        const at = planes ? span * planes + bit : span * 8 + (e >> 2);
        const place = planes ? e : (e & 3) * 8 + bit;
        xq[at] = ((xq[at] ?? 0) | (((code >> bit) & 1) << place)) >>> 0;
      }
    }
    xs[2 * span] = scales[span] ?? 0;
    bits[2 * span + 1] = sum;
  }
  return { xq, xs };
}

function normals(seed: number, count: number, sigma = 1): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: count }, () => sigma * rng.gauss());
}
