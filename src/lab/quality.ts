import type { ScoredToken } from "../engine/protocol.ts";
import { bootstrapMean, mean, percentile, wilson } from "../lib/stats.ts";

/** A mean over the scored tokens, and where the mean over more such text would lie (95 %). */
export interface Estimate {
  readonly value: number;
  /** Null while there are too few tokens to tell. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface QualitySummary {
  /** Scored so far. With none, every value is NaN. */
  readonly tokens: number;
  /** Nats a token. `difference` is candidate minus reference, token by token. */
  readonly nll: {
    readonly reference: Estimate;
    readonly candidate: Estimate;
    readonly difference: Estimate;
  };
  /** exp of the above; `ratio` is candidate over reference. */
  readonly perplexity: {
    readonly reference: Estimate;
    readonly candidate: Estimate;
    readonly ratio: Estimate;
  };
  /** KL(reference || candidate) in nats; `value` is the mean. */
  readonly kl: Estimate & { readonly median: number; readonly p99: number; readonly max: number };
  /** Share of positions with the same likeliest token. */
  readonly top1: Estimate;
  /** Mean overlap of the five likeliest. */
  readonly top5: Estimate;
}

export interface Quality {
  push(rows: readonly ScoredToken[]): void;
  summary(): QualitySummary;
}

/**
 * Intervals are 95 % percentile bootstraps over blocks of consecutive scored tokens. Neighbouring
 * tokens are hard or easy together (a name, a rhyme, an odd story), so drawing single tokens would
 * make intervals too narrow. With more text the blocks grow, as they should, and the cost stays
 * that of few of them.
 */
const BLOCK_TOKENS = 64;
const MAX_BLOCKS = 64;
const RESAMPLES = 1000;
const SEED = 1;

/** With fewer blocks an interval would say more about the blocks than about the model. */
const MIN_BLOCKS = 16;

/** Gathers scored tokens in the order of the text; the summary may be asked for at any time. */
export function createQuality(): Quality {
  const reference: number[] = [];
  const candidate: number[] = [];
  // Paired: a text that is hard for both models does not blur the difference between them.
  const difference: number[] = [];
  const kl: number[] = [];
  const top1: number[] = [];
  const top5: number[] = [];
  let latest: QualitySummary | undefined;

  function summarise(): QualitySummary {
    const nll = {
      reference: estimate(reference),
      candidate: estimate(candidate),
      difference: estimate(difference),
    };
    return {
      tokens: kl.length,
      nll,
      perplexity: {
        reference: exp(nll.reference),
        candidate: exp(nll.candidate),
        ratio: exp(nll.difference),
      },
      kl: { ...estimate(kl), ...distribution(kl) },
      top1: share(top1),
      top5: estimate(top5),
    };
  }

  return {
    push(rows) {
      for (const row of rows) {
        reference.push(row.referenceNll);
        candidate.push(row.candidateNll);
        difference.push(row.candidateNll - row.referenceNll);
        kl.push(row.kl);
        top1.push(row.sameTop1 ? 1 : 0);
        top5.push(row.top5);
      }
      if (rows.length > 0) latest = undefined;
    },
    summary() {
      latest ??= summarise();
      return latest;
    },
  };
}

/** Comparable between tokenizers, which perplexity is not. `nll` is the mean of `tokens` tokens. */
export function bitsPerByte(nll: number, tokens: number, bytes: number): number {
  return (nll * tokens) / Math.LN2 / bytes;
}

function estimate(values: readonly number[]): Estimate {
  if (values.length === 0) return { value: Number.NaN, interval: null };
  const value = mean(values);
  if (values.length < MIN_BLOCKS * BLOCK_TOKENS) return { value, interval: null };
  const found = bootstrapMean(blocksOf(values), { seed: SEED, resamples: RESAMPLES });
  return { value, interval: found && { low: found.low, high: found.high } };
}

/** Blocks of the same length, a power of two, but for the last. */
function blocksOf(values: readonly number[]): Float64Array[] {
  let size = BLOCK_TOKENS;
  while (values.length > size * MAX_BLOCKS) size *= 2;
  const all = Float64Array.from(values);
  const blocks = Math.ceil(all.length / size);
  return Array.from({ length: blocks }, (_, at) => all.subarray(at * size, (at + 1) * size));
}

/** Where all positions agree, drawing them again tells nothing about those not seen: Wilson does. */
function share(values: readonly number[]): Estimate {
  const { value, interval } = estimate(values);
  if (!interval || (value > 0 && value < 1)) return { value, interval };
  const { low, high } = wilson(value * values.length, values.length);
  return { value, interval: { low, high } };
}

/** The ends of an interval go where a growing function sends them. */
function exp({ value, interval }: Estimate): Estimate {
  return {
    value: Math.exp(value),
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
  };
}

function distribution(values: readonly number[]): { median: number; p99: number; max: number } {
  if (values.length === 0) return { median: Number.NaN, p99: Number.NaN, max: Number.NaN };
  return {
    median: percentile(values, 50),
    p99: percentile(values, 99),
    max: percentile(values, 100),
  };
}
