import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import { isNarrow } from "./variant.ts";

/** Settings as src/model/sampler.ts explains them. */
export interface SampleShape {
  readonly vocab: number;
  /** Of a row of logits, a multiple of 4. */
  readonly stride: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repetitionPenalty: number;
  readonly seed: number;
}

export interface SampleOptions {
  readonly vocab: number;
  readonly lanes?: number;
}

/**
 * Mesa's llvmpipe ends a subgroup's loops after 65,535 rounds in all, without a word; with top-k and top-p a
 * lane goes through its share of the vocabulary eleven times, four tokens a round.
 */
const MOST_ROUNDS = 4096;

function defaultLanes(vocab: number, features: DeviceFeatures): number {
  if (!isNarrow(features)) return 256;
  return Math.max(8, 2 ** Math.ceil(Math.log2(vocab / 4 / MOST_ROUNDS)));
}

/**
 * Takes the step's row of logits, writes the token to tokens[0] and out[step], marks it in `seen`, and moves `state` on. Greedy and random
 * choice are one shader: the parameters decide, and the host may rewrite them between texts.
 */
export function sampleShader(options: SampleOptions, features: DeviceFeatures): ShaderKey {
  const lanes = options.lanes ?? defaultLanes(options.vocab, features);
  return {
    label: `sample/l${lanes}`,
    files: ["kernels/sample", "lib/sampling", "lib/argmax", "lib/random", "lib/bins", "lib/state"],
    constants: {},
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "read" },
      { name: "state", binding: 1, access: "read_write" },
      { name: "logits", binding: 2, access: "read" },
      { name: "tokens", binding: 3, access: "read_write" },
      { name: "seen", binding: 4, access: "read_write" },
      { name: "out", binding: 5, access: "read_write" },
    ],
    overrides: { LANES: lanes },
  };
}

export function sampleParams(shape: SampleShape): Uint32Array {
  const { vocab, stride, temperature, topK, topP, minP, repetitionPenalty, seed } = shape;
  const words = Uint32Array.of(vocab, stride, 0, topK, 0, 0, 0, seed);
  const floats = new Float32Array(words.buffer);
  floats[2] = temperature;
  floats.set([topP, minP, repetitionPenalty], 4);
  return words;
}

export function sampleGrid(): [number, number, number] {
  return [1, 1, 1];
}
