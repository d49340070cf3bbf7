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

interface BootstrapOptions {
  readonly seed?: number;
  readonly resamples?: number;
  readonly confidence?: number;
}

/**
 * Percentile bootstrap of the mean over all values (Efron, 1979). Whole units (documents, blocks) are drawn, given as the sum
 * and the count of each one's values, since neighbouring tokens are not independent; drawing single tokens would make the interval
 * too narrow. With fewer than two units nothing is known about the spread: null.
 */
export function bootstrapMean(
  sums: ArrayLike<number>,
  counts: ArrayLike<number>,
  { seed = 1, resamples = 2000, confidence = 0.95 }: BootstrapOptions = {},
): Interval | null {
  const units = Array.from(counts, (count, unit) => [sums[unit] ?? 0, count] as const).filter(
    ([, count]) => count > 0,
  );
  if (units.length < 2) return null;
  const filledSums = Float64Array.from(units, ([sum]) => sum);
  const filledCounts = Float64Array.from(units, ([, count]) => count);
  const rng = createRng(seed);
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    let sum = 0;
    let count = 0;
    for (let drawn = 0; drawn < units.length; drawn++) {
      const unit = rng.integer(units.length);
      sum += filledSums[unit] ?? 0;
      count += filledCounts[unit] ?? 0;
    }
    means[i] = sum / count;
  }
  const tail = 50 * (1 - confidence);
  return {
    mean: total(filledSums) / total(filledCounts),
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

/** How two classifiers did on the same items. */
export interface PairedCounts {
  readonly both: number;
  /** Right under one of them alone. */
  readonly first: number;
  readonly second: number;
  readonly neither: number;
}

/**
 * 95 % interval of the second's share minus the first's, on the same items (Newcombe, 1998, "method 10"): Wilson's intervals of both,
 * put together by how far the two go along. It does not shrink to nothing where no item differs.
 */
export function pairedDifference({ both, first, second, neither }: PairedCounts): Interval {
  const trials = both + first + second + neither;
  if (trials === 0) return { mean: 0, low: -1, high: 1 };
  const one = wilson(both + first, trials);
  const two = wilson(both + second, trials);
  const product = both * neither - first * second;
  // Continuity: a correlation that few items suggest counts for less.
  const corrected = product > 0 ? Math.max(0, product - trials / 2) : product;
  const scale = Math.sqrt(
    (both + first) * (second + neither) * (both + second) * (first + neither),
  );
  const phi = scale > 0 ? corrected / scale : 0;
  const width = (a: number, b: number): number =>
    Math.sqrt(Math.max(0, a ** 2 - 2 * phi * a * b + b ** 2));
  const mean = (second - first) / trials;
  return {
    mean,
    low: mean - width(two.mean - two.low, one.high - one.mean),
    high: mean + width(two.high - two.mean, one.mean - one.low),
  };
}

function total(values: Float64Array): number {
  return mean(values) * values.length;
}
