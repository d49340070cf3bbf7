import {
  comparisonWarnings,
  type HeldEntry,
  type NamedReport,
  qualityObstacles,
  speedObstacles,
} from "./compare-terms.ts";
import { decodeTiming, prefillTiming } from "./measured.ts";
import type { Estimate } from "./quality.ts";
import type { ReportEntry } from "./report.ts";
import type { Timing } from "./speed.ts";

/** What one report says of a setting; null is what it does not say. */
export interface ReportedFigures {
  /** The report's name. */
  readonly report: string;
  readonly bytes: number;
  readonly nll: Estimate | null;
  readonly kl: Estimate | null;
  readonly prefill: Timing | null;
  readonly decode: Timing | null;
}

/** The later report minus, or over, the first one that has the setting. */
export interface Differences {
  readonly bytes: number;
  readonly sameSize: boolean;
  readonly nll: Gap | null;
  readonly kl: Gap | null;
  readonly prefill: Ratio | null;
  readonly decode: Ratio | null;
}

export interface Gap {
  /** Nats a token. */
  readonly difference: number;
  /** The intervals do not overlap; null where one is not known. */
  readonly beyondNoise: boolean | null;
}

export interface Ratio {
  /** Above 1: the later report is faster. */
  readonly ratio: number;
  /** The ranges from the 10th to the 90th percentile do not overlap; null where they say nothing. */
  readonly beyondSpread: boolean | null;
}

export interface ComparedSetting {
  readonly setting: string;
  readonly first: ReportedFigures;
  readonly others: readonly (ReportedFigures & { readonly against: Differences })[];
}

export interface Comparison {
  /** What stands in the way of comparing, a sentence each. */
  readonly warnings: readonly string[];
  readonly settings: readonly ComparedSetting[];
  /** Settings that one report alone has. */
  readonly alone: readonly { readonly setting: string; readonly report: string }[];
}

/** Of fewer repeats than this, the percentiles are the repeats themselves. */
const LEAST_REPEATS = 3;

/** Every setting that two reports or more have, each against the first that has it. */
export function compareReports(reports: readonly NamedReport[]): Comparison {
  const holders = new Map<string, HeldEntry[]>();
  for (const named of reports) {
    for (const entry of entriesOf(named)) {
      holders.set(entry.setting, [...(holders.get(entry.setting) ?? []), { named, entry }]);
    }
  }
  const shared = [...holders].filter(([, held]) => held.length > 1);
  const pairs = shared.flatMap(([, [first, ...others]]) =>
    first ? others.map((other) => [first, other] as const) : [],
  );
  return {
    warnings: comparisonWarnings(reports, pairs),
    settings: shared.flatMap(([setting, [first, ...others]]) =>
      first ? [comparedSetting(setting, first, others)] : [],
    ),
    alone: [...holders].flatMap(([setting, [first, second]]) =>
      first && !second ? [{ setting, report: first.named.name }] : [],
    ),
  };
}

/** A page reports both sides, which may have the same setting: the entry that says more of quality stands. */
function entriesOf({ report }: NamedReport): ReportEntry[] {
  const bySetting = new Map<string, ReportEntry>();
  for (const entry of report.settings) {
    const known = bySetting.get(entry.setting);
    if (!known || (!known.quality && entry.quality)) bySetting.set(entry.setting, entry);
  }
  return [...bySetting.values()];
}

function comparedSetting(
  setting: string,
  first: HeldEntry,
  others: readonly HeldEntry[],
): ComparedSetting {
  return {
    setting,
    first: figuresOf(first),
    others: others.map((other) => ({ ...figuresOf(other), against: differences(first, other) })),
  };
}

function figuresOf({ named, entry }: HeldEntry): ReportedFigures {
  return {
    report: named.name,
    bytes: entry.bytes.total,
    nll: entry.quality?.nll.candidate ?? null,
    kl: entry.quality?.kl.mean ?? null,
    prefill: prefillTiming(entry),
    decode: decodeTiming(entry),
  };
}

function differences(first: HeldEntry, other: HeldEntry): Differences {
  const [before, after] = [figuresOf(first), figuresOf(other)];
  const sameQuality = qualityObstacles(first, other).length === 0;
  const sameSpeed = speedObstacles(first, other).length === 0;
  return {
    bytes: after.bytes - before.bytes,
    sameSize: after.bytes === before.bytes,
    nll: sameQuality ? gap(before.nll, after.nll) : null,
    kl: sameQuality ? gap(before.kl, after.kl) : null,
    prefill: ratio(before.prefill, after.prefill, sameSpeed),
    decode: ratio(before.decode, after.decode, sameSpeed),
  };
}

function gap(before: Estimate | null, after: Estimate | null): Gap | null {
  if (!before || !after) return null;
  const [a, b] = [before.interval, after.interval];
  const difference = after.value - before.value;
  // Equal figures need no intervals to be within noise.
  if (difference === 0) return { difference, beyondNoise: false };
  return {
    difference,
    beyondNoise: a && b ? apart([a.low, a.high], [b.low, b.high]) : null,
  };
}

function ratio(before: Timing | null, after: Timing | null, sameSpeed: boolean): Ratio | null {
  if (!before || !after) return null;
  const times = after.tokensPerSecond / before.tokensPerSecond;
  // A clock too coarse reports no time at all.
  if (!Number.isFinite(times) || times === 0) return null;
  const known = sameSpeed && Math.min(before.samples, after.samples) >= LEAST_REPEATS;
  return {
    ratio: times,
    beyondSpread: known ? apart([before.p10Ms, before.p90Ms], [after.p10Ms, after.p90Ms]) : null,
  };
}

function apart(
  [lowA, highA]: readonly [number, number],
  [lowB, highB]: readonly [number, number],
): boolean {
  return highA < lowB || highB < lowA;
}
