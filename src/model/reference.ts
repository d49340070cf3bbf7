import { invariant } from "../lib/assert.ts";
import type { ModelConfig } from "./config.ts";
import { dot, matmul } from "./matmul.ts";
import { type MatrixName, type ModelWeights, matrixShape } from "./weights.ts";

/**
 * The model on the CPU, to be read in one sitting and to measure the GPU against. Everything is
 * stored as float32, as on the GPU; sums run in float64, which is what JavaScript's numbers are
 * anyway, so that the error of this side can be left out of account.
 */
export interface Reference {
  /**
   * Logits after each of `ids`, [ids.length, vocab]. They take the positions from `start` on: 0
   * begins a new text, the number of positions so far continues it, anything between goes back and
   * forgets the rest.
   */
  forward(ids: readonly number[], start: number): Float32Array;
}

export interface ReferenceOptions {
  /** Positions kept, the model's own context when absent. */
  readonly contextLength?: number;
  /**
   * What a matrix sees of its input, [cols]: a setting with quantised activations returns what is
   * left of them. Called for every matrix and token; must not change `input`. The head counts as a
   * matrix of the layer after the last.
   */
  readonly quantizeInput?: (
    input: Float32Array,
    matrix: MatrixName | "head",
    layer: number,
  ) => Float32Array;
}

export function createReference(
  config: ModelConfig,
  weights: ModelWeights,
  options: ReferenceOptions = {},
): Reference {
  const { layers, hiddenSize, intermediateSize, heads, kvHeads, headDim, vocabSize, normEps } =
    config;
  const contextLength = options.contextLength ?? config.contextLength;
  const queryDim = heads * headDim;
  const kvDim = kvHeads * headDim;
  const cacheSize = contextLength * kvDim;
  const rotary = rotaryTable(contextLength, headDim, config.ropeTheta);
  const keys = new Float32Array(layers * cacheSize); // [layers, context, kvDim]
  const values = new Float32Array(layers * cacheSize); // [layers, context, kvDim]
  let filled = 0;

  /** input [tokens, cols] -> output [tokens, rows] */
  function multiply(
    output: Float32Array,
    input: Float32Array,
    layer: number,
    name: MatrixName,
  ): void {
    const [rows, cols] = matrixShape(config, name);
    const seen = quantized(input, cols, name, layer);
    matmul(output, seen, weights.matrix(layer, name), rows, cols);
  }

  function quantized(
    input: Float32Array,
    cols: number,
    name: MatrixName | "head",
    layer: number,
  ): Float32Array {
    if (options.quantizeInput === undefined) return input;
    const seen = new Float32Array(input.length);
    for (let at = 0; at < input.length; at += cols) {
      seen.set(options.quantizeInput(input.subarray(at, at + cols), name, layer), at);
    }
    return seen;
  }

  function forward(ids: readonly number[], start: number): Float32Array {
    const tokens = ids.length;
    invariant(
      start >= 0 && start <= filled,
      `position ${start} is not reached yet: ${filled} are filled`,
    );
    invariant(
      start + tokens <= contextLength,
      `${start} + ${tokens} tokens exceed the context of ${contextLength}`,
    );
    // The residual stream: every block adds to it.
    const x = embed(ids, weights.embedding, vocabSize, hiddenSize); // [tokens, hidden]
    const delta = new Float32Array(tokens * hiddenSize); // [tokens, hidden], what a block adds
    const normed = new Float32Array(tokens * hiddenSize); // [tokens, hidden]
    const query = new Float32Array(tokens * queryDim); // [tokens, queryDim]
    const mixed = new Float32Array(tokens * queryDim); // [tokens, queryDim]
    const gate = new Float32Array(tokens * intermediateSize); // [tokens, intermediate]
    const up = new Float32Array(tokens * intermediateSize); // [tokens, intermediate]

    for (let layer = 0; layer < layers; layer++) {
      const cache = [layer * cacheSize, (layer + 1) * cacheSize] as const;
      const added = [start * kvDim, (start + tokens) * kvDim] as const;
      const layerKeys = keys.subarray(...cache); // [context, kvDim]
      const layerValues = values.subarray(...cache); // [context, kvDim]
      const newKeys = layerKeys.subarray(...added); // [tokens, kvDim]
      const newValues = layerValues.subarray(...added); // [tokens, kvDim]

      rmsNorm(normed, x, weights.norm(layer, "attention"), normEps);
      multiply(query, normed, layer, "q");
      multiply(newKeys, normed, layer, "k");
      multiply(newValues, normed, layer, "v");
      rotate(query, rotary, start, queryDim, headDim);
      rotate(newKeys, rotary, start, kvDim, headDim);
      for (let token = 0; token < tokens; token++) {
        const row = [token * queryDim, (token + 1) * queryDim] as const;
        attend(
          mixed.subarray(...row),
          query.subarray(...row),
          layerKeys,
          layerValues,
          start + token + 1,
          config,
        );
      }
      multiply(delta, mixed, layer, "o");
      add(x, delta);

      rmsNorm(normed, x, weights.norm(layer, "mlp"), normEps);
      multiply(gate, normed, layer, "gate");
      multiply(up, normed, layer, "up");
      swiglu(gate, up);
      multiply(delta, gate, layer, "down");
      add(x, delta);
    }

    filled = start + tokens;
    rmsNorm(normed, x, weights.finalNorm, normEps);
    const logits = new Float32Array(tokens * vocabSize); // [tokens, vocab]
    matmul(
      logits,
      quantized(normed, hiddenSize, "head", layers),
      weights.head,
      vocabSize,
      hiddenSize,
    );
    return logits;
  }

  return { forward };
}

function embed(
  ids: readonly number[],
  table: Float32Array,
  vocabSize: number,
  hiddenSize: number,
): Float32Array {
  const x = new Float32Array(ids.length * hiddenSize);
  ids.forEach((id, token) => {
    invariant(
      Number.isInteger(id) && id >= 0 && id < vocabSize,
      `token ${id} is not in the vocabulary of ${vocabSize}`,
    );
    x.set(table.subarray(id * hiddenSize, (id + 1) * hiddenSize), token * hiddenSize);
  });
  return x;
}

/** output[t] = input[t] / rms(input[t]) * gain, for rows as long as `gain`. */
export function rmsNorm(
  output: Float32Array,
  input: Float32Array,
  gain: Float32Array,
  eps: number,
): void {
  const size = gain.length;
  for (let row = 0; row < input.length; row += size) {
    let squares = 0;
    for (let i = 0; i < size; i++) squares += at(input, row + i) ** 2;
    const scale = 1 / Math.sqrt(squares / size + eps);
    for (let i = 0; i < size; i++) output[row + i] = at(input, row + i) * scale * at(gain, i);
  }
}

/** cos and sin of every position and frequency: [context, headDim / 2, 2]. */
function rotaryTable(contextLength: number, headDim: number, theta: number): Float32Array {
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
function rotate(
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
function attend(
  output: Float32Array,
  query: Float32Array,
  keys: Float32Array,
  values: Float32Array,
  length: number,
  config: ModelConfig,
): void {
  const { heads, kvHeads, headDim } = config;
  const kvDim = kvHeads * headDim;
  const scale = 1 / Math.sqrt(headDim);
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
}

/** gate = silu(gate) * up */
function swiglu(gate: Float32Array, up: Float32Array): void {
  for (let i = 0; i < gate.length; i++) {
    const g = at(gate, i);
    gate[i] = (g / (1 + Math.exp(-g))) * at(up, i);
  }
}

function add(x: Float32Array, delta: Float32Array): void {
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) + at(delta, i);
}

/**
 * a[i]. The loops stay inside their arrays; the 0 is there for the type checker, and the compiler
 * drops it. For one kind of array only: a second kind would make every call slow.
 */
function at(a: Float32Array, i: number): number {
  return a[i] ?? 0;
}
