import type { Activation } from "../kernels/activation.ts";
import { UserError } from "../lib/assert.ts";
import type { MatrixName } from "../quant/overrides.ts";
import type { Architecture, NormName } from "./architecture.ts";
import { architectureList, architectureOf } from "./architectures.ts";
import { flag, limits, positive, size, tokenIds } from "./config-fields.ts";
import { damaged, type JsonObject, type NamedText, parseObject, show } from "./json.ts";
import { layerWindows, rotatedLayers } from "./layer-kinds.ts";
import { type RotaryConfig, readRotary } from "./rotary.ts";

/** In what layers may differ from one another. */
export interface LayerKind {
  /** Positions a token sees, itself included; null: all before it. */
  readonly window: number | null;
  /** Place in `rotary`; null: queries and keys are not turned. */
  readonly rotary: number | null;
}

/** The shape of a model: everything but its weights and its words. */
export interface ModelConfig {
  /** model_type; a row of `architectures`. */
  readonly architecture: string;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  /** Grouped-query attention: `heads / kvHeads` query heads share a key/value head. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly norm: "rms" | "layer";
  readonly normEps: number;
  readonly norms: readonly NormName[];
  /** Attention and feed-forward block read the same residual stream. */
  readonly parallel: boolean;
  /** Norms of queries and keys run over each head or over all of them. */
  readonly qkNorm: "head" | "all" | null;
  readonly activation: Activation;
  /** The activation multiplies a second matrix's output. */
  readonly gated: boolean;
  readonly biases: readonly (MatrixName | "head")[];
  readonly rotary: readonly RotaryConfig[];
  readonly layerKinds: readonly LayerKind[];
  /** Of scores, before the softmax. */
  readonly attentionScale: number;
  /** Learned positions: the table's rows before position 0. */
  readonly positionOffset: number | null;
  readonly embeddingScale: number;
  /** The embedding is also the output head. */
  readonly tiedHead: boolean;
  /** Null when the file names none. */
  readonly bosId: number | null;
  /** Any of these ends a text; empty when the files name none. */
  readonly eosIds: readonly number[];
}

const activations: Readonly<Record<string, Activation>> = {
  silu: "silu",
  swish: "silu",
  gelu: "gelu",
  gelu_new: "gelu_tanh",
  gelu_fast: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  relu: "relu",
};

/**
 * Reads config.json in either dialect: `rope_theta` and `rope_scaling`, or `rope_parameters` since
 * transformers 5. `torch_dtype` and `dtype` are left alone: the weights file says itself what it
 * holds. Where a field is missing, transformers' default counts.
 */
export function parseConfig(config: NamedText, generation?: NamedText): ModelConfig {
  return configOf(parseObject(config), config.name, generation);
}

/** Of what config.json says, or of what stands for it in a file of another kind, named `at`. */
export function configOf(json: JsonObject, at: string, generation?: NamedText): ModelConfig {
  const row = architectureOf(json.model_type);
  if (!row) {
    throw new UserError(
      `${at}: model_type is ${show(json.model_type)}, which Bitdial does not compute; it runs ${architectureList()}`,
    );
  }
  checkFixed(row, json, at);
  const shape = readShape(row, json, at);
  const { layers, headDim, contextLength, vocabSize } = shape;
  const rotary = row.rotary ? readRotary(row.rotary, json, headDim, contextLength, at) : [];
  const rotated = rotatedLayers(row, json, layers, at);
  const layerKinds = layerWindows(row, json, layers, at).map((window, layer): LayerKind => {
    const own = window === null ? 0 : rotary.length - 1;
    return { window, rotary: rotated[layer] ? own : null };
  });
  const { eps } = row.fields;
  return {
    architecture: row.id,
    ...shape,
    norm: row.norm,
    normEps: positive((eps && json[eps]) ?? row.defaults.eps, eps ?? "eps", at),
    norms: row.norms,
    parallel: row.parallelFlag ? flag(json, row.parallelFlag, at, true) : (row.parallel ?? false),
    qkNorm: row.qkNorm ?? null,
    activation: readActivation(row, json, at),
    gated: row.gated,
    biases: row.biases.flatMap(({ of, when }) =>
      when === true || flag(json, when.flag, at, when.fallback) ? of : [],
    ),
    rotary,
    layerKinds,
    attentionScale: readAttentionScale(row, json, headDim, at),
    positionOffset: row.positionOffset ?? null,
    embeddingScale: row.scaledEmbedding ? Math.fround(Math.sqrt(shape.hiddenSize)) : 1,
    tiedHead: flag(json, "tie_word_embeddings", at, row.defaults.tied),
    bosId: tokenIds(json.bos_token_id, "bos_token_id", vocabSize, at)[0] ?? null,
    eosIds: eosIds(json, vocabSize, at, generation),
  };
}

type Shape = Pick<
  ModelConfig,
  | "layers"
  | "hiddenSize"
  | "intermediateSize"
  | "heads"
  | "kvHeads"
  | "headDim"
  | "vocabSize"
  | "contextLength"
>;

function readShape(row: Architecture, json: JsonObject, at: string): Shape {
  const { fields, defaults } = row;
  const hiddenSize = size(json, fields.hidden, limits.size, at);
  const heads = size(json, fields.heads, limits.size, at);
  const { kvHeads: kvField, headDim: headField } = fields;
  const kvHeads = kvField
    ? size(
        json,
        kvField,
        limits.size,
        at,
        json[kvField] === null ? heads : (defaults.kvHeads ?? heads),
      )
    : heads;
  if (heads % kvHeads !== 0) {
    throw damaged(`${at}: ${fields.heads} is ${heads}, no multiple of ${kvField}, ${kvHeads}`);
  }
  const ownDim = defaults.headDim ?? hiddenSize / heads;
  const headDim = size(
    { head_dim: (headField && json[headField]) ?? ownDim },
    "head_dim",
    limits.size,
    at,
  );
  if (row.rotary && headDim % 2 !== 0) {
    throw damaged(`${at}: head_dim is ${headDim}, but rotary positions need an even number`);
  }
  checkKernels(headDim, hiddenSize, fields.hidden, at);
  const inner = row.innerDefault ? 4 * hiddenSize : undefined;
  return {
    layers: size(json, fields.layers, limits.layers, at),
    hiddenSize,
    intermediateSize: size(json, fields.inner, limits.size, at, inner),
    heads,
    kvHeads,
    headDim,
    vocabSize: size(json, "vocab_size", limits.vocab, at),
    contextLength: size(json, fields.context, limits.context, at, defaults.context),
  };
}

/** Kernels load four values at a time. */
function checkKernels(headDim: number, hiddenSize: number, hiddenField: string, at: string): void {
  if (headDim % 4 !== 0 || headDim > 256) {
    throw new UserError(
      `${at}: heads are ${headDim} wide, but the kernels compute multiples of 4 up to 256; choose another model`,
    );
  }
  if (hiddenSize % 4 !== 0) {
    throw new UserError(
      `${at}: ${hiddenField} is ${hiddenSize}, but the kernels compute multiples of 4; choose another model`,
    );
  }
}

function checkFixed(row: Architecture, json: JsonObject, at: string): void {
  for (const [field, only] of Object.entries(row.fixed)) {
    const value = json[field] ?? only;
    if (value !== only) {
      throw new UserError(
        `${at}: ${field} is ${show(value)}, but of ${row.title} only ${show(only)} is computed; choose another model`,
      );
    }
  }
  // OPT-350m alone projects its embeddings to another width.
  const { hidden } = row.fields;
  if ((json.word_embed_proj_dim ?? json[hidden]) !== json[hidden]) {
    throw new UserError(
      `${at}: word_embed_proj_dim is not ${hidden}, and the projection between them is not computed; choose another model`,
    );
  }
  if ((json.quantization_config ?? null) !== null) {
    throw new UserError(
      `${at}: the weights are compressed already (quantization_config); choose the original`,
    );
  }
}

function readActivation(row: Architecture, json: JsonObject, at: string): Activation {
  const field = row.fields.activation;
  const name = json[field] ?? row.defaults.activation;
  const known = typeof name === "string" ? activations[name] : undefined;
  if (known) return known;
  throw new UserError(
    `${at}: ${field} is ${show(name)}, but only ${Object.keys(activations).join(", ")} are computed; choose another model`,
  );
}

function readAttentionScale(
  row: Architecture,
  json: JsonObject,
  headDim: number,
  at: string,
): number {
  if (row.attentionScale === "one") return 1;
  if (row.attentionScale === undefined) return 1 / Math.sqrt(headDim);
  return 1 / Math.sqrt(positive(json[row.attentionScale] ?? 256, row.attentionScale, at));
}

/**
 * generation_config.json has the last word, as in transformers: chat models list there every token
 * that ends a turn.
 */
function eosIds(json: JsonObject, vocabSize: number, at: string, generation?: NamedText): number[] {
  const own = tokenIds(json.eos_token_id, "eos_token_id", vocabSize, at);
  if (generation === undefined) return own;
  const listed = parseObject(generation).eos_token_id;
  const ids = tokenIds(listed, "eos_token_id", vocabSize, generation.name);
  return ids.length > 0 ? ids : own;
}
