import { invariant } from "../lib/assert.ts";
import type { ModelConfig } from "./config.ts";
import { matmul } from "./matmul.ts";
import { add, attend, embed, rmsNorm, rotaryTable, rotate, swiglu } from "./ops.ts";
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
  const { layers, hiddenSize, headDim, vocabSize, normEps } = config;
  const contextLength = options.contextLength ?? config.contextLength;
  const queryDim = config.heads * headDim;
  const kvDim = config.kvHeads * headDim;
  const cacheSize = contextLength * kvDim;
  const rotary = rotaryTable(contextLength, headDim, config.ropeTheta); // [context, headDim]
  const keys = new Float32Array(layers * cacheSize); // [layers, context, kvDim]
  const values = new Float32Array(layers * cacheSize); // [layers, context, kvDim]
  let filled = 0;

  function forward(ids: readonly number[], start: number): Float32Array {
    const end = start + ids.length;
    invariant(start >= 0 && start <= filled, `position ${start} is beyond the ${filled} filled`);
    invariant(end <= contextLength, `position ${end} is beyond the context of ${contextLength}`);
    // The residual stream: every block reads it and adds to it.
    const x = embed(ids, weights.embedding, hiddenSize); // [tokens, hidden]
    for (let layer = 0; layer < layers; layer++) {
      add(x, attentionBlock(rmsNorm(x, weights.norm(layer, "attention"), normEps), layer, start));
      add(x, mlpBlock(rmsNorm(x, weights.norm(layer, "mlp"), normEps), layer));
    }
    filled = end;
    const normed = seen(rmsNorm(x, weights.finalNorm, normEps), hiddenSize, "head", layers);
    return matmul(normed, weights.head, vocabSize, hiddenSize); // [tokens, vocab]
  }

  /** [tokens, hidden] -> [tokens, hidden]; the tokens' keys and values go into the cache. */
  function attentionBlock(normed: Float32Array, layer: number, start: number): Float32Array {
    const query = multiply(normed, layer, "q"); // [tokens, queryDim]
    const key = multiply(normed, layer, "k"); // [tokens, kvDim]
    const value = multiply(normed, layer, "v"); // [tokens, kvDim]
    rotate(query, rotary, start, queryDim, headDim);
    rotate(key, rotary, start, kvDim, headDim);
    const layerKeys = keys.subarray(layer * cacheSize, (layer + 1) * cacheSize);
    const layerValues = values.subarray(layer * cacheSize, (layer + 1) * cacheSize);
    layerKeys.set(key, start * kvDim);
    layerValues.set(value, start * kvDim);
    const attended = new Float32Array(query.length); // [tokens, queryDim]
    for (let at = 0, length = start + 1; at < query.length; at += queryDim, length++) {
      const row = query.subarray(at, at + queryDim);
      attended.set(attend(row, layerKeys, layerValues, length, config), at);
    }
    return multiply(attended, layer, "o");
  }

  /** [tokens, hidden] -> [tokens, hidden] */
  function mlpBlock(normed: Float32Array, layer: number): Float32Array {
    const gate = multiply(normed, layer, "gate"); // [tokens, intermediate]
    const up = multiply(normed, layer, "up"); // [tokens, intermediate]
    return multiply(swiglu(gate, up), layer, "down");
  }

  /** [tokens, cols] -> [tokens, rows] */
  function multiply(input: Float32Array, layer: number, name: MatrixName): Float32Array {
    const [rows, cols] = matrixShape(config, name);
    return matmul(seen(input, cols, name, layer), weights.matrix(layer, name), rows, cols);
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
