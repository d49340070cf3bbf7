import type { ScoredToken } from "../engine/protocol.ts";
import { type Interval, resampleBlocks } from "./bootstrap.ts";

/** A mean over the scored tokens and its 95 % interval, null while there are too few tokens. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
}

export interface QualitySummary {
  /** Scored so far; with none, every value is NaN. */
  readonly tokens: number;
  /** Nats a token. `difference` is candidate minus reference, token by token. */
  readonly nll: {
    readonly reference: Estimate;
    readonly candidate: Estimate;
    readonly difference: Estimate;
  };
  /** exp of the above: `ratio` is candidate over reference. */
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
 * Tokens of one block of the bootstrap. Neighbouring tokens are hard or easy together (a name, a
 * rhyme, a strange story), so resampling single tokens would give intervals that are too narrow.
 */
export const BLOCK_TOKENS = 64;

/** With fewer blocks an interval would say more about the blocks than about the model. */
const MIN_BLOCKS = 8;

// Columns of the block sums.
const REFERENCE = 0;
const CANDIDATE = 1;
const DIFFERENCE = 2;
const KL = 3;
const TOP1 = 4;
const TOP5 = 5;
const COLUMNS = 6;

/** Gathers scored tokens in the order of the text; the summary may be asked for at any time. */
export function createQuality(): Quality {
  const blocks: Float64Array[] = [];
  const counts: number[] = [];
  let kls = new Float64Array(1024);
  let tokens = 0;
  let latest: QualitySummary | undefined;

  function add(row: ScoredToken): void {
    const block = Math.floor(tokens / BLOCK_TOKENS);
    const sums = blocks[block] ?? new Float64Array(COLUMNS);
    blocks[block] = sums;
    counts[block] = (counts[block] ?? 0) + 1;
    addTo(sums, REFERENCE, row.referenceNll);
    addTo(sums, CANDIDATE, row.candidateNll);
    addTo(sums, DIFFERENCE, row.candidateNll - row.referenceNll);
    addTo(sums, KL, row.kl);
    addTo(sums, TOP1, row.sameTop1 ? 1 : 0);
    addTo(sums, TOP5, row.top5);
    if (tokens === kls.length) {
      const longer = new Float64Array(2 * tokens);
      longer.set(kls);
      kls = longer;
    }
    kls[tokens++] = row.kl;
  }

  return {
    push(rows) {
      for (const row of rows) add(row);
      if (rows.length > 0) latest = undefined;
    },
    summary() {
      latest ??= summarise(blocks, counts, kls.slice(0, tokens));
      return latest;
    },
  };
}

/** Comparable between tokenizers, which perplexity is not. */
export function bitsPerByte(nll: number, tokens: number, bytes: number): number {
  return (nll * tokens) / Math.LN2 / bytes;
}

function summarise(
  blocks: readonly Float64Array[],
  counts: readonly number[],
  kls: Float64Array,
): QualitySummary {
  const intervals = blocks.length < MIN_BLOCKS ? [] : resampleBlocks(blocks, counts);
  const estimate = (column: number): Estimate => {
    const sum = blocks.reduce((total, sums) => total + (sums[column] ?? 0), 0);
    return { value: sum / kls.length, interval: intervals[column] ?? null };
  };
  const reference = estimate(REFERENCE);
  const candidate = estimate(CANDIDATE);
  const difference = estimate(DIFFERENCE);
  kls.sort();
  return {
    tokens: kls.length,
    nll: { reference, candidate, difference },
    perplexity: { reference: exp(reference), candidate: exp(candidate), ratio: exp(difference) },
    kl: {
      ...estimate(KL),
      median: sortedPercentile(kls, 0.5),
      p99: sortedPercentile(kls, 0.99),
      max: kls.at(-1) ?? Number.NaN,
    },
    top1: estimate(TOP1),
    top5: estimate(TOP5),
  };
}

/** The ends of an interval move with the value under a growing function. */
function exp({ value, interval }: Estimate): Estimate {
  if (!interval) return { value: Math.exp(value), interval };
  return {
    value: Math.exp(value),
    interval: { low: Math.exp(interval.low), high: Math.exp(interval.high) },
  };
}

function addTo(sums: Float64Array, column: number, value: number): void {
  sums[column] = (sums[column] ?? 0) + value;
}
