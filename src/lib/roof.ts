import { median, percentile } from "./stats.ts";

/** A rate (1e9 a second) or a cost, as its name says. */
export interface Roof {
  /** What was reached undisturbed: other programs only ever take from a rate, and add to a cost. */
  readonly best: number;
  readonly samples: number;
  /** Of the samples, (p90 - p10) / median: how much disturbed them. */
  readonly spread: number;
}

/**
 * What the device does at best. GFLOP/s and Gop/s count multiplications and additions: two a multiply-add, 8 a
 * packed dot product of four bytes, 64 an AND with popcount of 32 bits.
 */
export interface Roofs {
  /** Bytes read and bytes written, both counted. */
  readonly copyGbPerSecond: Roof;
  readonly fmaGflops: Roof;
  /** null without the WGSL feature packed_4x8_integer_dot_product. */
  readonly dp4aGops: Roof | null;
  readonly popcountGops: Roof;
  /** Of one dispatch that does next to nothing, waiting for the one before it. */
  readonly dispatchMicroseconds: Roof;
  /** From a submit of next to nothing to its result on the CPU. */
  readonly submitMicroseconds: Roof;
}

export function roofOf(best: number, samples: readonly number[]): Roof {
  const spread = (percentile(samples, 90) - percentile(samples, 10)) / median(samples);
  return { best, samples: samples.length, spread };
}

export type Arithmetic = "fma" | "dp4a" | "popcount";

/** What a kernel has to do at least. */
export interface Work {
  readonly bytes: number;
  /** Multiplications and additions, pruned weights included. */
  readonly operations: number;
  /** The roof it is measured by, and what it needs there: bit planes multiply each pair of planes, pruned weights nothing. */
  readonly arithmetic: Arithmetic;
  readonly roofOperations: number;
}

export interface Placement {
  /** Of the rate that the lower roof allows; above 1 where a cache serves what the roof takes from memory. */
  readonly share: number;
  readonly bound: "memory" | "compute";
}

/** Milliseconds that memory and arithmetic need at least. */
export interface LeastMs {
  readonly memory: number;
  readonly compute: number;
}

/** Undefined where the roof of its arithmetic was not measured. */
export function leastMs(roofs: Roofs, work: Work): LeastMs | undefined {
  const peak = peakOf(roofs, work.arithmetic);
  if (peak === undefined) return undefined;
  return {
    memory: work.bytes / roofs.copyGbPerSecond.best / 1e6,
    compute: work.roofOperations / peak / 1e6,
  };
}

/** Work that took `ms`, under min(bandwidth x intensity, rate of its arithmetic). */
export function place(roofs: Roofs, work: Work, ms: number): Placement | undefined {
  const least = leastMs(roofs, work);
  if (!least) return undefined;
  return {
    share: Math.max(least.memory, least.compute) / ms,
    bound: least.memory > least.compute ? "memory" : "compute",
  };
}

/** 1e9 operations a second. */
function peakOf(roofs: Roofs, arithmetic: Arithmetic): number | undefined {
  const peaks: Readonly<Record<Arithmetic, number | undefined>> = {
    fma: roofs.fmaGflops.best,
    dp4a: roofs.dp4aGops?.best,
    popcount: roofs.popcountGops.best,
  };
  return peaks[arithmetic];
}
