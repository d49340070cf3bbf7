import { type Activation, activationOf } from "../kernels/activation.ts";
import { invariant } from "../lib/assert.ts";
import type { ModelConfig } from "./config.ts";
import { dot } from "./matmul.ts";

/** Rows of the table, [vocab, hidden], for the ids: [ids.length, hidden]. */
export function embed(
  ids: readonly number[],
  table: Float32Array,
  hiddenSize: number,
): Float32Array {
  const x = new Float32Array(ids.length * hiddenSize);
  ids.forEach((id, token) => {
    const row = table.subarray(id * hiddenSize, (id + 1) * hiddenSize);
    invariant(id >= 0 && row.length === hiddenSize, `token ${id} is not in the vocabulary`);
    x.set(row, token * hiddenSize);
  });
  return x;
}

/** input / rms(input) * gain, row by row; rows are as long as `gain`. */
export function rmsNorm(input: Float32Array, gain: Float32Array, eps: number): Float32Array {
  const size = gain.length;
  const output = new Float32Array(input.length);
  for (let row = 0; row < input.length; row += size) {
    let squares = 0;
    for (let i = 0; i < size; i++) squares += at(input, row + i) ** 2;
    const scale = 1 / Math.sqrt(squares / size + eps);
    for (let i = 0; i < size; i++) output[row + i] = at(input, row + i) * scale * at(gain, i);
  }
  return output;
}

/** (input - mean) / deviation * gain + bias, row by row. */
export function layerNorm(
  input: Float32Array,
  gain: Float32Array,
  bias: Float32Array | null,
  eps: number,
): Float32Array {
  const size = gain.length;
  const output = new Float32Array(input.length);
  for (let row = 0; row < input.length; row += size) {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += at(input, row + i);
    const mean = sum / size;
    let squares = 0;
    for (let i = 0; i < size; i++) squares += (at(input, row + i) - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / size + eps);
    for (let i = 0; i < size; i++) {
      const normed = (at(input, row + i) - mean) * scale * at(gain, i);
      output[row + i] = bias ? normed + at(bias, i) : normed;
    }
  }
  return output;
}

/**
 * Rotates the first `dims` values of every head of x, [tokens, dim], in place: element i pairs with
 * i + dims / 2, as in Hugging Face files. The table is [context, dims / 2, 2] of cos and sin.
 */
export function rotate(
  x: Float32Array,
  table: Float32Array,
  start: number,
  dim: number,
  headDim: number,
  dims: number,
): void {
  const half = dims / 2;
  for (let head = 0; head < x.length; head += headDim) {
    const angles = (start + Math.floor(head / dim)) * dims;
    for (let i = 0; i < half; i++) {
      const cos = at(table, angles + 2 * i);
      const sin = at(table, angles + 2 * i + 1);
      const a = at(x, head + i);
      const b = at(x, head + half + i);
      x[head + i] = a * cos - b * sin;
      x[head + half + i] = b * cos + a * sin;
    }
  }
}

/**
 * One token's heads, query [queryDim], over the positions `first` to `end` - 1 of keys and values,
 * [context, kvDim].
 */
export function attend(
  query: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  first: number,
  end: number,
  config: ModelConfig,
): Float32Array {
  const { heads, kvHeads, headDim, attentionScale } = config;
  const kvDim = kvHeads * headDim;
  const output = new Float32Array(query.length);
  const weights = new Float64Array(end);
  const sum = new Float64Array(headDim);
  for (let head = 0; head < heads; head++) {
    const q = head * headDim;
    const kv = Math.floor((head * kvHeads) / heads) * headDim;
    let max = -Infinity;
    for (let position = first; position < end; position++) {
      const score = dot(query, q, keys, position * kvDim + kv, headDim) * attentionScale;
      weights[position] = score;
      max = Math.max(max, score);
    }
    let total = 0;
    sum.fill(0);
    for (let position = first; position < end; position++) {
      const weight = Math.exp((weights[position] ?? 0) - max);
      const row = position * kvDim + kv;
      total += weight;
      for (let i = 0; i < headDim; i++) sum[i] = (sum[i] ?? 0) + weight * at(values, row + i);
    }
    for (let i = 0; i < headDim; i++) output[q + i] = (sum[i] ?? 0) / total;
  }
  return output;
}

/** act(x), times up element by element where there is one. */
export function activate(
  x: Float32Array,
  activation: Activation,
  up: Float32Array | null,
): Float32Array {
  const act = activationOf(activation);
  return up ? x.map((value, i) => act(value) * at(up, i)) : x.map(act);
}

/** x += table rows from `start` on, [tokens, width] */
export function addRows(x: Float32Array, table: Float32Array, start: number, width: number): void {
  const from = start * width;
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) + at(table, from + i);
}

/** x += bias in every row */
export function addBias(x: Float32Array, bias: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) + at(bias, i % bias.length);
}

/** x += delta */
export function add(x: Float32Array, delta: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) + at(delta, i);
}

/**
 * a[i]. The loops stay inside their arrays; the 0 is there for the type checker, and the compiler
 * drops it. For one kind of array only: a second kind would make every call slow.
 */
function at(a: Float32Array, i: number): number {
  return a[i] ?? 0;
}
