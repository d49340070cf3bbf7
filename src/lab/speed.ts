import type { ColdRun, SpeedCounters, SpeedSample } from "../engine/protocol.ts";
import { median, percentile } from "../lib/stats.ts";

/** Above this spread two measurements are not comparable: something else ran, or the clock moved. */
export const STEADY_SPREAD = 0.05;

/** Milliseconds over the repeats, and how far they lie apart. */
export interface Timing {
  readonly medianMs: number;
  readonly p10Ms: number;
  readonly p90Ms: number;
  /** (p90 - p10) / median. */
  readonly spread: number;
  readonly steady: boolean;
  readonly samples: number;
  /** Of the median. */
  readonly tokensPerSecond: number;
}

export interface SpeedSummary {
  /** Of the whole prompt. */
  readonly prefill: Timing;
  /** Of one token. */
  readonly decode: Timing;
  readonly promptTokens: number;
  readonly tokens: number;
  readonly warmups: number;
  readonly cold: ColdRun | null;
  readonly counters: SpeedCounters | null;
}

export function summariseSpeed(sample: SpeedSample): SpeedSummary {
  const { promptTokens, tokens, warmups, cold, counters } = sample;
  return {
    prefill: timing(sample.prefillMs, promptTokens),
    decode: timing(sample.decodeMs, 1),
    promptTokens,
    tokens,
    warmups,
    cold,
    counters,
  };
}

/** The median, not the mean: one interruption by another program must not move the figure. */
export function timing(times: readonly number[], tokensEach: number): Timing {
  const medianMs = median(times);
  const p10Ms = percentile(times, 10);
  const p90Ms = percentile(times, 90);
  const spread = (p90Ms - p10Ms) / medianMs;
  return {
    medianMs,
    p10Ms,
    p90Ms,
    spread,
    steady: spread <= STEADY_SPREAD,
    samples: times.length,
    tokensPerSecond: (tokensEach * 1000) / medianMs,
  };
}

/** Samples of the same setting, taken at different times, as one. */
export function mergeSamples(samples: readonly SpeedSample[]): SpeedSample {
  const first = samples[0];
  if (!first) throw new Error("There is no speed sample to merge.");
  const other = samples.find(
    ({ promptTokens, tokens }) => promptTokens !== first.promptTokens || tokens !== first.tokens,
  );
  if (other) throw new Error("Speed samples of different lengths cannot be merged.");
  return {
    prefillMs: samples.flatMap(({ prefillMs }) => prefillMs),
    decodeMs: samples.flatMap(({ decodeMs }) => decodeMs),
    promptTokens: first.promptTokens,
    tokens: first.tokens,
    warmups: samples.reduce((sum, { warmups }) => sum + warmups, 0),
    // Only a first run can be cold; every repeat asks the same of the GPU.
    cold: first.cold,
    counters: samples.findLast(({ counters }) => counters)?.counters ?? null,
  };
}
