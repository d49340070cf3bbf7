import { UserError } from "../lib/assert.ts";
import { damaged, isObject, type JsonObject, type NamedText, parseObject, show } from "./json.ts";

/** The shape of a model: everything but its weights and its words. */
export interface ModelConfig {
  readonly architecture: "llama";
  readonly layers: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly heads: number;
  /** Grouped-query attention: `heads / kvHeads` query heads share a key/value head. */
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly normEps: number;
  readonly ropeTheta: number;
  /** The embedding is also the output head. */
  readonly tiedHead: boolean;
  /** Null when the file names none. */
  readonly bosId: number | null;
  /** Any of these ends a text; empty when the files name none. */
  readonly eosIds: readonly number[];
}

const supported =
  'Bitdial runs Llama models (model_type "llama") with plain rotary positions and no biases';

/** Far above any model that fits a browser; a damaged number must not become a huge allocation. */
const limits = { layers: 1024, size: 1 << 20, vocab: 1 << 22, context: 1 << 24 };

/**
 * Reads config.json in either dialect: `rope_theta` and `rope_scaling`, or `rope_parameters` since
 * transformers 5. `torch_dtype` and `dtype` are left alone: the weights file says itself what it
 * holds. Where a field is missing, transformers' default counts.
 */
export function parseConfig(config: NamedText, generation?: NamedText): ModelConfig {
  const json = parseObject(config);
  const at = config.name;
  checkArchitecture(json, at);
  const hiddenSize = size(json, "hidden_size", limits.size, at);
  const heads = size(json, "num_attention_heads", limits.size, at);
  const kvHeads = size(json, "num_key_value_heads", limits.size, at, heads);
  if (heads % kvHeads !== 0) {
    throw damaged(
      `${at}: num_attention_heads is ${heads}, no multiple of num_key_value_heads, ${kvHeads}`,
    );
  }
  const headDim = size(json, "head_dim", limits.size, at, hiddenSize / heads);
  if (headDim % 2 !== 0) {
    throw damaged(`${at}: head_dim is ${headDim}, but rotary positions need an even number`);
  }
  const vocabSize = size(json, "vocab_size", limits.vocab, at);
  return {
    architecture: "llama",
    layers: size(json, "num_hidden_layers", limits.layers, at),
    hiddenSize,
    intermediateSize: size(json, "intermediate_size", limits.size, at),
    heads,
    kvHeads,
    headDim,
    vocabSize,
    contextLength: size(json, "max_position_embeddings", limits.context, at, 2048),
    normEps: positive(json.rms_norm_eps ?? 1e-6, "rms_norm_eps", at),
    ropeTheta: ropeTheta(json, at),
    tiedHead: flag(json, "tie_word_embeddings", at),
    bosId: tokenIds(json.bos_token_id, "bos_token_id", vocabSize, at)[0] ?? null,
    eosIds: eosIds(json, vocabSize, at, generation),
  };
}

function checkArchitecture(json: JsonObject, at: string): void {
  const type = json.model_type;
  if (type !== "llama") {
    throw unsupported(`${at}: model_type is ${show(type)}`);
  }
  const activation = json.hidden_act ?? "silu";
  if (activation !== "silu") {
    throw unsupported(`${at}: hidden_act is ${show(activation)}, but only "silu" is computed`);
  }
  for (const field of ["attention_bias", "mlp_bias"]) {
    if (flag(json, field, at))
      throw unsupported(`${at}: ${field} is true, but biases are not computed`);
  }
  const rotaryShare = json.partial_rotary_factor ?? 1;
  if (rotaryShare !== 1) {
    throw unsupported(
      `${at}: partial_rotary_factor is ${show(rotaryShare)}, but only whole heads are rotated`,
    );
  }
  if (flag(json, "rope_interleaved", at)) {
    throw unsupported(`${at}: rope_interleaved is true, but only the half-split order is computed`);
  }
  if ((json.quantization_config ?? null) !== null) {
    throw new UserError(
      `${at}: the weights are compressed already (quantization_config); choose the original`,
    );
  }
}

function ropeTheta(json: JsonObject, at: string): number {
  const field = json.rope_parameters === undefined ? "rope_scaling" : "rope_parameters";
  const rope = json[field] ?? {};
  if (!isObject(rope))
    throw damaged(`${at}: ${field} is ${show(rope)}, but should be an object or null`);
  // Until 2024 the key was "type".
  const type = rope.rope_type ?? rope.type ?? "default";
  if (type !== "default") {
    throw unsupported(
      `${at}: ${field} asks for ${show(type)} positions, but only "default" is computed`,
    );
  }
  const theta =
    field === "rope_parameters" ? (rope.rope_theta ?? json.rope_theta) : json.rope_theta;
  return positive(theta ?? 10_000, "rope_theta", at);
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

function tokenIds(value: unknown, field: string, vocabSize: number, at: string): number[] {
  const ids: unknown[] = Array.isArray(value)
    ? value
    : value === undefined || value === null
      ? []
      : [value];
  const checked: number[] = [];
  for (const id of ids) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= vocabSize) {
      throw damaged(
        `${at}: ${field} is ${show(value)}, but token ids here go from 0 to ${vocabSize - 1}`,
      );
    }
    if (!checked.includes(id)) checked.push(id);
  }
  return checked;
}

function size(
  json: JsonObject,
  field: string,
  limit: number,
  at: string,
  fallback?: number,
): number {
  const value = json[field] ?? fallback;
  if (value === undefined) throw damaged(`${at}: ${field} is missing`);
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > limit) {
    throw damaged(
      `${at}: ${field} is ${show(value)}, but should be a whole number from 1 to ${limit}`,
    );
  }
  return value;
}

function positive(value: unknown, field: string, at: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    throw damaged(`${at}: ${field} is ${show(value)}, but should be a positive number`);
  }
  return value;
}

function flag(json: JsonObject, field: string, at: string): boolean {
  const value = json[field] ?? false;
  if (typeof value !== "boolean") {
    throw damaged(`${at}: ${field} is ${show(value)}, but should be true or false`);
  }
  return value;
}

function unsupported(sentence: string): UserError {
  return new UserError(`${sentence}; ${supported}`);
}
