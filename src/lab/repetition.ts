import { bootstrapMean, mean } from "../lib/stats.ts";
import type { Estimate } from "./quality.ts";

/** Where texts are sampled: greedy-like, the usual range, and beyond it. */
export const TEMPERATURES = [0.1, 0.5, 0.8, 1, 1.5] as const;

/** What is written at each temperature. */
export interface WritingRules {
  readonly prompts: readonly string[];
  /** Tokens of a text at most; a model may end it sooner. */
  readonly tokens: number;
}

/**
 * Beginnings of stories. Sixteen texts a temperature and side: enough for an interval, and a software adapter is done within minutes.
 */
export const WRITING: WritingRules = {
  tokens: 96,
  prompts: [
    "Once upon a time, there was a little girl named Lily.",
    "One day, Tim and his dog found a small boat.",
    "Tom had a big red ball.",
    "There was a bird who could not fly.",
    "Mia wanted to bake a cake with her mom.",
    "It was a cold day and the snow was deep.",
    "Ben lost his hat in the park.",
    "Sue and Max were playing in the garden.",
    "The old horse lived on a farm.",
    "Anna heard a noise under her bed.",
    "A little fish swam in a big pond.",
    "Jack had a new bike, but he was scared.",
    "The cat sat by the window and looked at the rain.",
    "Every night, the moon talked to the stars.",
    "Grandma gave Emma a box with a key.",
    "Sam did not want to share his toys.",
  ],
};

/** The sampler's seed of a prompt: the same for both sides and in every run. */
export const seedOf = (prompt: number): number => 1 + prompt;

/** How one side wrote at one temperature: means over its texts, with 95 % intervals by a bootstrap over the texts. */
export interface Writing {
  /** Share of the words of four tokens that the same text had before. */
  readonly repetition: Estimate;
  /** Different tokens, and different pairs of neighbours, over all of a text's. */
  readonly distinct1: Estimate;
  readonly distinct2: Estimate;
  /** Tokens of a text: those that end early repeat themselves less. */
  readonly length: Estimate;
}

export interface WritingResult {
  readonly temperature: number;
  readonly texts: number;
  readonly reference: Writing;
  readonly candidate: Writing;
  /** Of repetition, candidate minus reference, prompt by prompt. */
  readonly difference: Estimate;
}

/** Different n-grams over all n-grams; null for a text too short to have one. */
export function distinct(ids: readonly number[], n: number): number | null {
  const count = ids.length - n + 1;
  if (count < 1) return null;
  const grams = new Set(Array.from({ length: count }, (_, at) => ids.slice(at, at + n).join(" ")));
  return grams.size / count;
}

/** Share of a text's runs of four tokens that it had before; 0 for a text too short to repeat one. */
export function repetition(ids: readonly number[]): number {
  return 1 - (distinct(ids, 4) ?? 1);
}

/** Both sides' texts of the same prompts, in order. */
export function writingResult(
  temperature: number,
  reference: readonly (readonly number[])[],
  candidate: readonly (readonly number[])[],
): WritingResult {
  const texts = Math.min(reference.length, candidate.length);
  const differences = candidate
    .slice(0, texts)
    .map((ids, at) => repetition(ids) - repetition(reference[at] ?? []));
  return {
    temperature,
    texts,
    reference: writing(reference.slice(0, texts)),
    candidate: writing(candidate.slice(0, texts)),
    difference: estimate(differences),
  };
}

function writing(texts: readonly (readonly number[])[]): Writing {
  const shares = (n: number): number[] =>
    texts.map((ids) => distinct(ids, n)).filter((share) => share !== null);
  return {
    repetition: estimate(texts.map(repetition)),
    distinct1: estimate(shares(1)),
    distinct2: estimate(shares(2)),
    length: estimate(texts.map((ids) => ids.length)),
  };
}

/** With fewer texts an interval would say more about the prompts than about the model. */
const MIN_TEXTS = 8;

function estimate(values: readonly number[]): Estimate {
  if (values.length === 0) return { value: 0, interval: null };
  const value = mean(values);
  if (values.length < MIN_TEXTS) return { value, interval: null };
  const ones = values.map(() => 1);
  const found = bootstrapMean(values, ones, { resamples: 1000 });
  return { value, interval: found && { low: found.low, high: found.high } };
}
