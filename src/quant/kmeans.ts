import { f16ToF32, f32ToF16 } from "../lib/f16.ts";

/** Values in ascending order with how often each occurs; sums up to each, so that any run of them costs nothing to add up. */
export interface Histogram {
  readonly values: Float64Array;
  /** [values + 1], counts and first and second moments of the values before. */
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/** Rounds at which it ends at the latest; a matrix settles after some dozens. */
export const ROUNDS = 400;

/** Distinct f16 numbers nearest to a matrix's values: at most 63488, whatever its size. */
export function histogramOf(values: Float32Array): Histogram {
  const occurrences = new Float64Array(0x10000);
  for (const value of values) {
    const bits = f32ToF16(value);
    occurrences[bits] = (occurrences[bits] ?? 0) + 1;
  }
  const numbers: number[] = [];
  const counts: number[] = [];
  const take = (bits: number): void => {
    const count = occurrences[bits] ?? 0;
    if (count === 0) return;
    numbers.push(f16ToF32(bits));
    counts.push(count);
  };
  // Negative numbers first, largest magnitudes first.
  for (let bits = 0xffff; bits >= 0x8000; bits--) take(bits);
  for (let bits = 0; bits < 0x8000; bits++) take(bits);
  return summed(Float64Array.from(numbers), counts);
}

/** Every value by itself, for the few of a row. */
export function sortedOf(values: Float32Array): Histogram {
  return summed(Float64Array.from(values.slice().sort()));
}

function summed(values: Float64Array, each?: ArrayLike<number>): Histogram {
  const counts = new Float64Array(values.length + 1);
  const sums = new Float64Array(values.length + 1);
  const squares = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const count = each?.[i] ?? 1;
    counts[i + 1] = (counts[i] ?? 0) + count;
    sums[i + 1] = (sums[i] ?? 0) + count * value;
    squares[i + 1] = (squares[i] ?? 0) + count * value * value;
  }
  return { values, counts, sums, squares };
}

/**
 * The centres of `k` clusters, ascending: Lloyd's rounds from firstCentres until nothing moves. Each round costs k searches.
 * `watch` is told the squared error that each round leaves.
 */
export function kMeans(
  histogram: Histogram,
  k: number,
  watch?: (cost: number) => void,
): Float64Array {
  const { values } = histogram;
  const centres = firstCentres(histogram, k);
  const ends = new Int32Array(k + 1);
  ends[k] = values.length;
  for (let round = 0; round < ROUNDS; round++) {
    let moved = round === 0;
    for (let i = 1; i < k; i++) {
      const middle = ((centres[i - 1] ?? 0) + (centres[i] ?? 0)) / 2;
      const end = placeOf(values, middle, ends[i - 1] ?? 0, values.length);
      moved ||= end !== ends[i];
      ends[i] = end;
    }
    if (!moved) break;
    for (let i = 0; i < k; i++) {
      const centre = meanOf(histogram, ends[i] ?? 0, ends[i + 1] ?? 0);
      if (centre !== null) centres[i] = centre;
    }
    if (fillEmpty(histogram, centres, ends)) centres.sort();
    watch?.(costOf(histogram, ends));
  }
  return centres;
}

/**
 * Quantiles (i + 0.5) / k of the cube root of the density, as many fine levels want to lie (Panter and Dite): plain quantiles leave the few
 * large values of heavy tails to one level, and Lloyd's rounds do not get away from that.
 */
function firstCentres({ values, counts }: Histogram, k: number): Float64Array {
  const reached = new Float64Array(values.length);
  for (let i = 1; i < values.length; i++) {
    const gap = (values[i] ?? 0) - (values[i - 1] ?? 0);
    const count = ((counts[i + 1] ?? 0) - (counts[i - 1] ?? 0)) / 2;
    reached[i] = (reached[i - 1] ?? 0) + Math.cbrt(count * gap * gap);
  }
  const all = reached[values.length - 1] ?? 0;
  return Float64Array.from({ length: k }, (_, i) => {
    const at = placeOf(reached, ((i + 0.5) / k) * all, 0, values.length - 1);
    return values[at] ?? 0;
  });
}

/** Gives an empty cluster the upper half of the one with the largest error, if that can be cut. */
function fillEmpty(histogram: Histogram, centres: Float64Array, ends: Int32Array): boolean {
  const k = centres.length;
  let worst = -1;
  let most = 0;
  let empty = -1;
  for (let i = 0; i < k; i++) {
    const [from, to] = [ends[i] ?? 0, ends[i + 1] ?? 0];
    if (from === to) empty = i;
    const error = errorOf(histogram, from, to);
    if (to - from > 1 && error > most) {
      most = error;
      worst = i;
    }
  }
  if (empty < 0 || worst < 0) return false;
  const [from, to] = [ends[worst] ?? 0, ends[worst + 1] ?? 0];
  const cut = placeOf(histogram.values, centres[worst] ?? 0, from, to);
  const [lower, upper] = [meanOf(histogram, from, cut), meanOf(histogram, cut, to)];
  if (lower === null || upper === null) return false;
  centres[worst] = lower;
  centres[empty] = upper;
  return true;
}

/** The first place from `from` on whose number is greater than `limit`; numbers ascend. */
function placeOf(numbers: Float64Array, limit: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const half = (low + high) >> 1;
    if ((numbers[half] ?? 0) <= limit) low = half + 1;
    else high = half;
  }
  return low;
}

function meanOf({ counts, sums }: Histogram, from: number, to: number): number | null {
  const count = (counts[to] ?? 0) - (counts[from] ?? 0);
  return count === 0 ? null : ((sums[to] ?? 0) - (sums[from] ?? 0)) / count;
}

/** Squared error of a run of values that all become their mean. */
function errorOf({ counts, sums, squares }: Histogram, from: number, to: number): number {
  const count = (counts[to] ?? 0) - (counts[from] ?? 0);
  if (count === 0) return 0;
  const sum = (sums[to] ?? 0) - (sums[from] ?? 0);
  return (squares[to] ?? 0) - (squares[from] ?? 0) - (sum * sum) / count;
}

function costOf(histogram: Histogram, ends: Int32Array): number {
  let cost = 0;
  for (let i = 0; i + 1 < ends.length; i++)
    cost += errorOf(histogram, ends[i] ?? 0, ends[i + 1] ?? 0);
  return cost;
}
