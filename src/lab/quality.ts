import type { ScoredToken, TokenClass } from "../engine/protocol.ts";
import { bootstrapMean, mean, percentile, wilson } from "../lib/stats.ts";
import { drawnUnits, type Units } from "./units.ts";

/** A mean over the scored tokens, and where the mean over more such text would lie (95 %). */
export interface Estimate {
  readonly value: number;
  /** Null while there are too few tokens to tell. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

export interface KlSummary extends Estimate {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export interface QualitySummary {
  /** Scored so far. With none, every value is NaN. */
  readonly tokens: number;
  /** What the intervals are drawn from, and how many of them. */
  readonly drawn: { readonly unit: Units["unit"]; readonly count: number };
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
  readonly kl: KlSummary;
  /** Mean KL(candidate || reference) in nats. */
  readonly reverseKl: Estimate;
  /** Mean entropy of the candidate minus that of the reference, nats: above 0 the candidate is less sure. */
  readonly entropyDifference: Estimate;
  /** Share of positions with the same likeliest token. */
  readonly top1: Estimate;
  /** Mean overlap of the five likeliest. */
  readonly top5: Estimate;
}

/** The same text cut into kinds of tokens: where a setting goes wrong. */
export interface QualityPart {
  readonly name: string;
  readonly tokens: number;
  readonly kl: Estimate;
  /** Candidate minus reference, nats a token. */
  readonly nllDifference: Estimate;
  readonly top1: Estimate;
}

export interface QualityParts {
  /** By tokens of the same document in view before the target, from few to many. */
  readonly byContext: readonly QualityPart[];
  /** Most frequent class first. */
  readonly byClass: readonly QualityPart[];
}

export interface Quality {
  push(rows: readonly ScoredToken[]): void;
  summary(): QualitySummary;
  /** Costs some ten milliseconds; for the end of a measurement. */
  parts(): QualityParts;
}

const RESAMPLES = 1000;
const SEED = 1;
/** Contexts from one of these to below the next go together. */
const CONTEXTS = [0, 8, 32, 128, 512, 2048] as const;

/** Gathers scored tokens in the order of the text; the summary may be asked for at any time. */
export function createQuality(): Quality {
  const rows: ScoredToken[] = [];
  let latest: QualitySummary | undefined;

  return {
    push(fresh) {
      for (const row of fresh) rows.push(row);
      if (fresh.length > 0) latest = undefined;
    },
    summary() {
      latest ??= summarise(rows);
      return latest;
    },
    parts() {
      const units = drawnUnits(rows);
      const classes = [...new Set(rows.map(({ tokenClass }) => tokenClass))];
      return {
        byContext: CONTEXTS.flatMap((from, at) => {
          const to = CONTEXTS[at + 1] ?? Number.POSITIVE_INFINITY;
          const inside = ({ context }: ScoredToken) => context >= from && context < to;
          return partOf(
            to === Number.POSITIVE_INFINITY ? `${from} +` : `${from} to ${to - 1}`,
            rows,
            units,
            inside,
          );
        }),
        byClass: classes
          .flatMap((name: TokenClass) =>
            partOf(name, rows, units, ({ tokenClass }) => tokenClass === name),
          )
          .toSorted((a, b) => b.tokens - a.tokens),
      };
    },
  };
}

/** Comparable between tokenizers, which perplexity is not. `nll` is the mean of `tokens` tokens. */
export function bitsPerByte(nll: number, tokens: number, bytes: number): number {
  return (nll * tokens) / Math.LN2 / bytes;
}

function summarise(rows: readonly ScoredToken[]): QualitySummary {
  const units = drawnUnits(rows);
  const of = (value: (row: ScoredToken) => number) => estimate(rows, units, value);
  const nll = {
    reference: of((row) => row.referenceNll),
    candidate: of((row) => row.candidateNll),
    // Paired: a text that is hard for both models does not blur the difference between them.
    difference: of(nllDifference),
  };
  return {
    tokens: rows.length,
    drawn: { unit: units.unit, count: units.count },
    nll,
    perplexity: {
      reference: exp(nll.reference),
      candidate: exp(nll.candidate),
      ratio: exp(nll.difference),
    },
    kl: { ...of((row) => row.kl), ...distribution(rows.map((row) => row.kl)) },
    reverseKl: of((row) => row.reverseKl),
    entropyDifference: of((row) => row.candidateEntropy - row.referenceEntropy),
    top1: share(of(sameFirst), rows.length),
    top5: of((row) => row.top5),
  };
}

/** Nothing where no token is of the kind. */
function partOf(
  name: string,
  rows: readonly ScoredToken[],
  units: Units,
  belongs: (row: ScoredToken) => boolean,
): QualityPart[] {
  const tokens = rows.filter(belongs).length;
  if (tokens === 0) return [];
  const of = (value: (row: ScoredToken) => number) => estimate(rows, units, value, belongs);
  return [
    {
      name,
      tokens,
      kl: of((row) => row.kl),
      nllDifference: of(nllDifference),
      top1: share(of(sameFirst), tokens),
    },
  ];
}

function nllDifference({ candidateNll, referenceNll }: ScoredToken): number {
  return candidateNll - referenceNll;
}

function sameFirst({ sameTop1 }: ScoredToken): number {
  return sameTop1 ? 1 : 0;
}

/** The mean of a value over the rows that belong, drawn unit by unit. */
function estimate(
  rows: readonly ScoredToken[],
  units: Units,
  value: (row: ScoredToken) => number,
  belongs: (row: ScoredToken) => boolean = () => true,
): Estimate {
  const sums = new Float64Array(units.count);
  const counts = new Float64Array(units.count);
  const values: number[] = [];
  for (const [at, row] of rows.entries()) {
    if (!belongs(row)) continue;
    const unit = units.of[at] ?? 0;
    const one = value(row);
    values.push(one);
    sums[unit] = (sums[unit] ?? 0) + one;
    counts[unit] = (counts[unit] ?? 0) + 1;
  }
  if (values.length === 0) return { value: Number.NaN, interval: null };
  const filled = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  const found =
    filled < units.least ? null : bootstrapMean(sums, counts, { seed: SEED, resamples: RESAMPLES });
  return { value: mean(values), interval: found && { low: found.low, high: found.high } };
}

/** Where all positions agree, drawing them again tells nothing about those not seen: Wilson does. */
function share({ value, interval }: Estimate, tokens: number): Estimate {
  if (!interval || (value > 0 && value < 1)) return { value, interval };
  const { low, high } = wilson(value * tokens, tokens);
  return { value, interval: { low, high } };
}

/** The ends of an interval go where a growing function sends them. */
function exp({ value, interval }: Estimate): Estimate {
  return {
    value: Math.exp(value),
    interval: interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) },
  };
}

function distribution(values: readonly number[]): Omit<KlSummary, keyof Estimate> {
  const at = (percent: number) => (values.length === 0 ? Number.NaN : percentile(values, percent));
  return { median: at(50), p95: at(95), p99: at(99), max: at(100) };
}
