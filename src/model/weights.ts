import { type MatrixName, layerMatrices as matrixNames } from "../quant/overrides.ts";
import type { ModelConfig } from "./config.ts";

export { type MatrixName, matrixNames };

/** "attention" stands before the attention block, "mlp" before the feed-forward block. */
export type NormName = "attention" | "mlp";

/**
 * All weights of a model as float32, whoever holds them: the file's own (the master) or what a
 * setting makes of them. Matrices are [rows, cols] = [outputs, inputs], row by row, as in the file.
 */
export interface ModelWeights {
  /** [rows, cols] of `matrixShape(config, name)` */
  matrix(layer: number, name: MatrixName): Float32Array;
  /** [hidden] */
  norm(layer: number, name: NormName): Float32Array;
  /** [hidden] */
  readonly finalNorm: Float32Array;
  /** [vocab, hidden] */
  readonly embedding: Float32Array;
  /** [vocab, hidden]; the very same array as `embedding` in a model with a tied head. */
  readonly head: Float32Array;
}

/** [rows, cols] = [outputs, inputs] of a layer's matrix. */
export function matrixShape(config: ModelConfig, name: MatrixName): readonly [number, number] {
  const { hiddenSize, intermediateSize, headDim } = config;
  const queryDim = config.heads * headDim;
  const kvDim = config.kvHeads * headDim;
  switch (name) {
    case "q":
      return [queryDim, hiddenSize];
    case "k":
    case "v":
      return [kvDim, hiddenSize];
    case "o":
      return [hiddenSize, queryDim];
    case "gate":
    case "up":
      return [intermediateSize, hiddenSize];
    case "down":
      return [hiddenSize, intermediateSize];
  }
}

/** Weights of the whole model, a tied head counted once. */
export function parameterCount(config: ModelConfig): number {
  let perLayer = 2 * config.hiddenSize;
  for (const name of matrixNames) {
    const [rows, cols] = matrixShape(config, name);
    perLayer += rows * cols;
  }
  const tables = config.vocabSize * config.hiddenSize * (config.tiedHead ? 1 : 2);
  return tables + config.layers * perLayer + config.hiddenSize;
}
