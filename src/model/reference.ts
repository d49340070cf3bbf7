import { ropeTable } from "../kernels/rope.ts";
import { invariant } from "../lib/assert.ts";
import { fullKv, type KvBits, roundKv } from "../quant/kv-cache.ts";
import type { ModelConfig } from "./config.ts";
import { matmul } from "./matmul.ts";
import {
  activate,
  add,
  addBias,
  addRows,
  attend,
  embed,
  layerNorm,
  rmsNorm,
  rotate,
} from "./ops.ts";
import { rotaryFrequencies, rotaryMagnitude } from "./rotary.ts";
import {
  kvDim,
  type MatrixName,
  type ModelWeights,
  matrixShape,
  type NormName,
  queryDim,
} from "./weights.ts";

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
  /** Bits of the cached keys and values, 32 when absent. */
  readonly kv?: KvBits;
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
  const { layers, hiddenSize, headDim, vocabSize, normEps, embeddingScale, layerKinds } = config;
  const contextLength = options.contextLength ?? config.contextLength;
  const [qDim, kDim] = [queryDim(config), kvDim(config)];
  const cacheSize = contextLength * kDim;
  // [context, dims / 2, 2] each
  const tables = config.rotary.map((rotary) =>
    ropeTable(rotaryFrequencies(rotary), rotaryMagnitude(rotary), contextLength),
  );
  const keys = new Float32Array(layers * cacheSize); // [layers, context, kvDim]
  const values = new Float32Array(layers * cacheSize); // [layers, context, kvDim]
  let filled = 0;

  function forward(ids: readonly number[], start: number): Float32Array {
    const end = start + ids.length;
    invariant(start >= 0 && start <= filled, `position ${start} is beyond the ${filled} filled`);
    invariant(end <= contextLength, `position ${end} is beyond the context of ${contextLength}`);
    // The residual stream: every block reads it and adds to it.
    const x = embed(ids, weights.embedding, hiddenSize); // [tokens, hidden]
    if (embeddingScale !== 1)
      for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) * embeddingScale;
    if (weights.positions) addRows(x, weights.positions, start, hiddenSize);
    for (let layer = 0; layer < layers; layer++) {
      const attentionInput = normed(x, layer, "attention");
      const attended = normed(attentionBlock(attentionInput, layer, start), layer, "attentionOut");
      if (!config.parallel) add(x, attended);
      const shared = config.parallel && !config.norms.includes("mlp");
      const mlpInput = shared ? attentionInput : normed(x, layer, "mlp");
      const mixed = normed(mlpBlock(mlpInput, layer), layer, "mlpOut");
      if (config.parallel) add(x, attended);
      add(x, mixed);
    }
    filled = end;
    const last = norm(x, weights.finalNorm, weights.finalNormBias);
    const input = seen(last, hiddenSize, "head", layers);
    const logits = matmul(input, weights.head, vocabSize, hiddenSize); // [tokens, vocab]
    if (weights.headBias) addBias(logits, weights.headBias);
    return logits;
  }

  /** Row by row as long as `gain`. */
  function norm(x: Float32Array, gain: Float32Array, bias: Float32Array | null): Float32Array {
    return config.norm === "rms" ? rmsNorm(x, gain, normEps) : layerNorm(x, gain, bias, normEps);
  }

  /** x itself where the layer has no such norm. */
  function normed(x: Float32Array, layer: number, name: NormName): Float32Array {
    if (!config.norms.includes(name)) return x;
    return norm(x, weights.norm(layer, name), weights.normBias(layer, name));
  }

  /** [tokens, hidden] -> [tokens, hidden]; the tokens' keys and values go into the cache. */
  function attentionBlock(input: Float32Array, layer: number, start: number): Float32Array {
    const query = normed(multiply(input, layer, "q"), layer, "q"); // [tokens, queryDim]
    const key = normed(multiply(input, layer, "k"), layer, "k"); // [tokens, kvDim]
    const value = multiply(input, layer, "v"); // [tokens, kvDim]
    const { rotary, window } = layerKinds[layer] ?? { rotary: null, window: null };
    const turns = rotary === null ? undefined : config.rotary[rotary];
    const table = rotary === null ? undefined : tables[rotary];
    if (turns && table) {
      rotate(query, table, start, qDim, headDim, turns.dims);
      rotate(key, table, start, kDim, headDim, turns.dims);
    }
    const layerKeys = keys.subarray(layer * cacheSize, (layer + 1) * cacheSize);
    const layerValues = values.subarray(layer * cacheSize, (layer + 1) * cacheSize);
    layerKeys.set(cached(key, "key"), start * kDim);
    layerValues.set(cached(value, "value"), start * kDim);
    const attended = new Float32Array(query.length); // [tokens, queryDim]
    for (let at = 0, end = start + 1; at < query.length; at += qDim, end++) {
      const row = query.subarray(at, at + qDim);
      const first = window === null ? 0 : Math.max(0, end - window);
      attended.set(attend(row, layerKeys, layerValues, first, end, config), at);
    }
    return multiply(attended, layer, "o");
  }

  /** What the cache keeps of keys or values, [tokens, kvDim]. */
  function cached(rows: Float32Array, part: "key" | "value"): Float32Array {
    const { kv = fullKv } = options;
    if (kv === fullKv) return rows;
    const kept = new Float32Array(rows.length);
    for (let at = 0; at < rows.length; at += headDim) {
      kept.set(roundKv(rows.subarray(at, at + headDim), part, kv), at);
    }
    return kept;
  }

  /** [tokens, hidden] -> [tokens, hidden] */
  function mlpBlock(input: Float32Array, layer: number): Float32Array {
    const up = multiply(input, layer, "up"); // [tokens, intermediate]
    const { activation, gated } = config;
    const mixed = gated
      ? activate(multiply(input, layer, "gate"), activation, up)
      : activate(up, activation, null);
    return multiply(mixed, layer, "down");
  }

  /** [tokens, cols] -> [tokens, rows] */
  function multiply(input: Float32Array, layer: number, name: MatrixName): Float32Array {
    const [rows, cols] = matrixShape(config, name);
    const output = matmul(seen(input, cols, name, layer), weights.matrix(layer, name), rows, cols);
    const bias = weights.bias(layer, name);
    if (bias) addBias(output, bias);
    return output;
  }

  /** What the matrix sees of its input, [tokens, cols]. */
  function seen(
    input: Float32Array,
    cols: number,
    name: MatrixName | "head",
    layer: number,
  ): Float32Array {
    if (options.quantizeInput === undefined) return input;
    const output = new Float32Array(input.length);
    for (let at = 0; at < input.length; at += cols) {
      output.set(options.quantizeInput(input.subarray(at, at + cols), name, layer), at);
    }
    return output;
  }

  return { forward };
}
