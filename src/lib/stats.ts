import { mean as average } from "simple-statistics";
import { invariant } from "./assert.ts";
import { createRng } from "./rng.ts";

/** An estimate and the interval that holds the true value with the stated confidence. */
export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Standard normal quantile of 97.5 %, for two-sided intervals of 95 %. */
const Z_95 = 1.959963984540054;

export function mean(values: ArrayLike<number>): number {
  invariant(values.length > 0, "the mean of nothing");
  return average(Array.from(values));
}

/** `percent` in 0..100; linear between the two nearest ranks, as numpy's default. */
export function percentile(values: ArrayLike<number>, percent: number): number {
  invariant(values.length > 0, "a percentile of nothing");
  invariant(percent >= 0 && percent <= 100, `percentile ${percent} is outside 0..100`);
  const sorted = Float64Array.from(values).sort();
  const rank = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.ceil(rank)] ?? low;
  return low === high ? low : low + (rank - below) * (high - low);
}

export function median(values: ArrayLike<number>): number {
  return percentile(values, 50);
}

/**
 * Percentile bootstrap of the mean over all values (Efron, 1979). Whole blocks (documents, windows)
 * are drawn, since neighbouring tokens are not independent; drawing single tokens would make the
 * interval too narrow. With fewer than two blocks nothing is known about the spread: null.
 */
export function bootstrapMean(
  blocks: readonly ArrayLike<number>[],
  options: { seed?: number; resamples?: number; confidence?: number } = {},
): Interval | null {
  const { seed = 1, resamples = 2000, confidence = 0.95 } = options;
  const filled = blocks.filter((block) => block.length > 0);
  if (filled.length < 2) return null;
  const counts = Float64Array.from(filled, (block) => block.length);
  const sums = Float64Array.from(filled, (block) => mean(block) * block.length);
  const rng = createRng(seed);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let sum = 0;
    let count = 0;
    for (let drawn = 0; drawn < filled.length; drawn++) {
      const block = rng.integer(filled.length);
      sum += sums[block] ?? 0;
      count += counts[block] ?? 0;
    }
    means[i] = sum / count;
  }
  const tail = 50 * (1 - confidence);
  return {
    mean: total(sums) / total(counts),
    low: percentile(means, tail),
    high: percentile(means, 100 - tail),
  };
}

/** 95 % interval of a share (Wilson, 1927): stays inside 0..1 and is honest near both ends. */
export function wilson(successes: number, trials: number): Interval {
  invariant(successes >= 0 && successes <= trials, `${successes} successes of ${trials}`);
  if (trials === 0) return { mean: 0, low: 0, high: 1 };
  const share = successes / trials;
  const square = Z_95 ** 2 / trials;
  const centre = (share + square / 2) / (1 + square);
  const spread =
    (Z_95 * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials))) / (1 + square);
  // At the ends centre and spread are equal but for rounding.
  const low = successes === 0 ? 0 : centre - spread;
  const high = successes === trials ? 1 : centre + spread;
  return { mean: share, low, high };
}

function total(values: Float64Array): number {
  return mean(values) * values.length;
}
