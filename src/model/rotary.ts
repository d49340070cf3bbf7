import { UserError } from "../lib/assert.ts";
import type { Rotary } from "./architecture.ts";
import { flag, positive, wrong } from "./config-fields.ts";
import { isObject, type JsonObject, show } from "./json.ts";

/** One way of turning queries and keys by their position. */
export interface RotaryConfig {
  /** Of a head, the first so many values are rotated: even. */
  readonly dims: number;
  readonly theta: number;
  readonly scaling: RotaryScaling;
}

/** How positions beyond the trained context are brought within it. */
export type RotaryScaling =
  | { readonly type: "default" }
  | { readonly type: "linear"; readonly factor: number }
  | {
      readonly type: "llama3";
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly trainedContext: number;
    }
  | {
      readonly type: "yarn";
      readonly factor: number;
      readonly trainedContext: number;
      readonly betaFast: number;
      readonly betaSlow: number;
      readonly truncate: boolean;
      /** Of the rotated vectors' lengths. */
      readonly magnitude: number;
    };

const types = ["default", "linear", "dynamic", "llama3", "yarn"];

/** The tables of a model: for layers that see everything, then for those with a window, where these differ. */
export function readRotary(
  row: Rotary,
  json: JsonObject,
  headDim: number,
  contextLength: number,
  at: string,
): readonly [RotaryConfig, ...RotaryConfig[]] {
  const field = isObject(json.rope_parameters) ? "rope_parameters" : "rope_scaling";
  const rope = json[field] ?? {};
  if (!isObject(rope)) throw wrong(rope, field, at, "an object or null");
  const byLayers = isObject(rope.full_attention) ? rope.full_attention : null;
  const main = byLayers ?? rope;
  const theta = main.rope_theta ?? json.rope_theta ?? json.rotary_emb_base ?? row.theta;
  const read = (parameters: JsonObject, base: unknown): RotaryConfig => ({
    dims: rotatedDims(row, json, parameters, headDim, at),
    theta: positive(base, "rope_theta", at),
    scaling: readScaling(parameters, json, contextLength, field, at),
  });
  if (row.localTheta === undefined) return [read(main, theta)];
  // The older dialect scales only the layers that see everything.
  const local = isObject(rope.sliding_attention) ? rope.sliding_attention : {};
  const localTheta = local.rope_theta ?? json.rope_local_base_freq ?? row.localTheta;
  return [read(main, theta), read(local, localTheta)];
}

function rotatedDims(
  row: Rotary,
  json: JsonObject,
  parameters: JsonObject,
  headDim: number,
  at: string,
): number {
  const names = ["partial_rotary_factor", ...(row.share?.fields ?? [])];
  const name = names.find((one) => (parameters[one] ?? json[one] ?? null) !== null);
  const given = name === undefined ? undefined : (parameters[name] ?? json[name]);
  const share = given ?? row.share?.fallback ?? 1;
  const dims = Math.floor(headDim * positive(share, name ?? "partial_rotary_factor", at));
  if (dims < 2 || dims > headDim || dims % 2 !== 0) {
    throw new UserError(
      `${at}: ${name ?? "head_dim"} rotates ${dims} of a head's ${headDim} values, but an even number of them must be rotated; this model is not computed`,
    );
  }
  return dims;
}

function readScaling(
  rope: JsonObject,
  json: JsonObject,
  contextLength: number,
  field: string,
  at: string,
): RotaryScaling {
  // Until 2024 the key was "type".
  const type = rope.rope_type ?? rope.type ?? "default";
  const number = (name: string, fallback?: number): number =>
    positive(rope[name] ?? fallback, `${field}.${name}`, at);
  // The context that the scaled frequencies start from; files name it in either place.
  const trained = (): number =>
    positive(
      rope.original_max_position_embeddings ??
        json.original_max_position_embeddings ??
        contextLength,
      `${field}.original_max_position_embeddings`,
      at,
    );
  switch (type) {
    case "default":
      return { type: "default" };
    // Rescales only texts longer than max_position_embeddings, which is as long as a text here gets.
    case "dynamic":
      return { type: "default" };
    case "linear":
      return { type: "linear", factor: number("factor") };
    case "llama3":
      return {
        type: "llama3",
        factor: number("factor"),
        lowFrequencyFactor: number("low_freq_factor"),
        highFrequencyFactor: number("high_freq_factor"),
        trainedContext: trained(),
      };
    case "yarn": {
      const factor = number("factor", contextLength / trained());
      return {
        type: "yarn",
        factor,
        trainedContext: trained(),
        betaFast: number("beta_fast", 32),
        betaSlow: number("beta_slow", 1),
        truncate: flag(rope, "truncate", at, true),
        magnitude: yarnMagnitude(rope, factor, field, at),
      };
    }
    default:
      throw new UserError(
        `${at}: ${field} asks for ${show(type)} positions, but only ${types.join(", ")} are computed; choose another model`,
      );
  }
}

function yarnMagnitude(rope: JsonObject, factor: number, field: string, at: string): number {
  const given = rope.attention_factor ?? null;
  if (given !== null) return positive(given, `${field}.attention_factor`, at);
  const of = (weight: number): number => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  if (rope.mscale && rope.mscale_all_dim) {
    const over = positive(rope.mscale, `${field}.mscale`, at);
    const under = positive(rope.mscale_all_dim, `${field}.mscale_all_dim`, at);
    return of(over) / of(under);
  }
  return of(1);
}

/** Radians a position turns each pair, [dims / 2]. */
export function rotaryFrequencies({ dims, theta, scaling }: RotaryConfig): Float64Array {
  const plain = Float64Array.from({ length: dims / 2 }, (_, i) => theta ** ((-2 * i) / dims));
  switch (scaling.type) {
    case "default":
      return plain;
    case "linear":
      return plain.map((frequency) => frequency / scaling.factor);
    case "llama3": {
      const {
        factor,
        lowFrequencyFactor: low,
        highFrequencyFactor: high,
        trainedContext,
      } = scaling;
      return plain.map((frequency) => {
        // Turns within the trained context: many stay as they are, few are stretched, between them both mix.
        const turns = (trainedContext * frequency) / (2 * Math.PI);
        const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
        return kept * frequency + ((1 - kept) * frequency) / factor;
      });
    }
    case "yarn": {
      const { factor, trainedContext, betaFast, betaSlow, truncate } = scaling;
      // The pair that turns so many times within the trained context.
      const pairOf = (turns: number): number =>
        (dims * Math.log(trainedContext / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
      const from = Math.max(0, truncate ? Math.floor(pairOf(betaFast)) : pairOf(betaFast));
      const to = Math.min(dims - 1, truncate ? Math.ceil(pairOf(betaSlow)) : pairOf(betaSlow));
      const width = Math.max(to - from, 0.001);
      return plain.map((frequency, i) => {
        const stretched = Math.min(1, Math.max(0, (i - from) / width));
        return (stretched * frequency) / factor + (1 - stretched) * frequency;
      });
    }
    default:
      return scaling satisfies never;
  }
}

/** How far the rotated vectors are stretched. */
export function rotaryMagnitude({ scaling }: RotaryConfig): number {
  return scaling.type === "yarn" ? scaling.magnitude : 1;
}
