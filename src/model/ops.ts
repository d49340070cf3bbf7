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

/** cos and sin of every position and frequency: [context, headDim / 2, 2]. */
export function rotaryTable(contextLength: number, headDim: number, theta: number): Float32Array {
  const half = headDim / 2;
  const table = new Float32Array(contextLength * headDim);
  for (let position = 0; position < contextLength; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * theta ** (-i / half);
      table[position * headDim + 2 * i] = Math.cos(angle);
      table[position * headDim + 2 * i + 1] = Math.sin(angle);
    }
  }
  return table;
}

/**
 * Rotates every head of x, [tokens, dim], in place: element i of a head pairs with i + headDim / 2,
 * as in Hugging Face files.
 */
export function rotate(
  x: Float32Array,
  table: Float32Array,
  start: number,
  dim: number,
  headDim: number,
): void {
  const half = headDim / 2;
  for (let head = 0; head < x.length; head += headDim) {
    const angles = (start + Math.floor(head / dim)) * headDim;
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
 * One token's heads, query [queryDim], over the first `length` positions of keys and values,
 * [context, kvDim].
 */
export function attend(
  query: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  length: number,
  config: ModelConfig,
): Float32Array {
  const { heads, kvHeads, headDim } = config;
  const kvDim = kvHeads * headDim;
  const scale = 1 / Math.sqrt(headDim);
  const output = new Float32Array(query.length);
  const weights = new Float64Array(length);
  const sum = new Float64Array(headDim);
  for (let head = 0; head < heads; head++) {
    const q = head * headDim;
    const kv = Math.floor((head * kvHeads) / heads) * headDim;
    let max = -Infinity;
    for (let position = 0; position < length; position++) {
      const score = dot(query, q, keys, position * kvDim + kv, headDim) * scale;
      weights[position] = score;
      max = Math.max(max, score);
    }
    let total = 0;
    sum.fill(0);
    for (let position = 0; position < length; position++) {
      const weight = Math.exp((weights[position] ?? 0) - max);
      const row = position * kvDim + kv;
      total += weight;
      for (let i = 0; i < headDim; i++) sum[i] = (sum[i] ?? 0) + weight * at(values, row + i);
    }
    for (let i = 0; i < headDim; i++) output[q + i] = (sum[i] ?? 0) / total;
  }
  return output;
}

/** silu(gate) * up, element by element */
export function swiglu(gate: Float32Array, up: Float32Array): Float32Array {
  return gate.map((g, i) => (g / (1 + Math.exp(-g))) * at(up, i));
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
