import { layerMatrices, type MatrixName } from "../quant/overrides.ts";
import type { NormName } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";

export type { MatrixName, NormName };

/**
 * All weights of a model as float32, whoever holds them: the file's own (the master) or what a
 * setting makes of them. Matrices are [rows, cols] = [outputs, inputs], row by row, whatever the
 * file's order. Biases are null where the model has none.
 */
export interface ModelWeights {
  /** [rows, cols] of `matrixShape(config, name)` */
  matrix(layer: number, name: MatrixName): Float32Array;
  /** [rows] */
  bias(layer: number, name: MatrixName): Float32Array | null;
  /** [normSize(config, name)]: what is multiplied by, whatever the file stores instead. */
  norm(layer: number, name: NormName): Float32Array;
  normBias(layer: number, name: NormName): Float32Array | null;
  /** [hidden] */
  readonly finalNorm: Float32Array;
  readonly finalNormBias: Float32Array | null;
  /** [vocab, hidden] */
  readonly embedding: Float32Array;
  /** Learned positions, [context, hidden], from position 0 on. */
  readonly positions: Float32Array | null;
  /** [vocab, hidden]; the very same array as `embedding` in a model with a tied head. */
  readonly head: Float32Array;
  readonly headBias: Float32Array | null;
}

/** The matrices that a layer of this model has, in their order in the layer. */
export function matrixNames({ gated }: ModelConfig): readonly MatrixName[] {
  return layerMatrices.filter((name) => gated || name !== "gate");
}

/** Matrices that share an input, and whose outputs stand side by side in a row. */
export const qkvNames = ["q", "k", "v"] as const satisfies readonly MatrixName[];

export function upNames({ gated }: ModelConfig): readonly MatrixName[] {
  return gated ? ["gate", "up"] : ["up"];
}

/** "3.q+k+v": the biases of such matrices as one vector. */
export function biasName(layer: number, names: readonly MatrixName[]): string {
  return `${layer}.${names.join("+")}`;
}

/** [rows, cols] = [outputs, inputs] of a layer's matrix. */
export function matrixShape(config: ModelConfig, name: MatrixName): readonly [number, number] {
  const { hiddenSize, intermediateSize } = config;
  switch (name) {
    case "q":
      return [queryDim(config), hiddenSize];
    case "k":
    case "v":
      return [kvDim(config), hiddenSize];
    case "o":
      return [hiddenSize, queryDim(config)];
    case "gate":
    case "up":
      return [intermediateSize, hiddenSize];
    case "down":
      return [hiddenSize, intermediateSize];
  }
}

/** Values of a norm's gain, and of its bias in a model of layer norms. */
export function normSize(config: ModelConfig, name: NormName): number {
  if (name !== "q" && name !== "k") return config.hiddenSize;
  if (config.qkNorm === "head") return config.headDim;
  return name === "q" ? queryDim(config) : kvDim(config);
}

export function queryDim({ heads, headDim }: ModelConfig): number {
  return heads * headDim;
}

export function kvDim({ kvHeads, headDim }: ModelConfig): number {
  return kvHeads * headDim;
}

/** Weights of the whole model, a tied head counted once. */
export function parameterCount(config: ModelConfig): number {
  const { hiddenSize, vocabSize } = config;
  let perLayer = 0;
  for (const name of matrixNames(config)) {
    const [rows, cols] = matrixShape(config, name);
    perLayer += rows * cols;
  }
  const tables = vocabSize * hiddenSize * (config.tiedHead ? 1 : 2);
  return tables + config.layers * perLayer + vectorCount(config);
}

/** Norms, biases and learned positions, which stay f32 in every setting. */
export function vectorCount(config: ModelConfig): number {
  const each = config.norm === "layer" ? 2 : 1;
  let perLayer = 0;
  for (const name of config.norms) perLayer += each * normSize(config, name);
  let whole = each * config.hiddenSize;
  if (config.positionOffset !== null) whole += config.contextLength * config.hiddenSize;
  for (const name of config.biases) {
    if (name === "head") whole += config.vocabSize;
    else if (config.gated || name !== "gate") perLayer += matrixShape(config, name)[0];
  }
  return config.layers * perLayer + whole;
}
