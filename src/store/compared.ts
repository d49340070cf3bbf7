import {
  type ComparedSetting,
  compareReports,
  type Differences,
  type ReportedFigures,
} from "../lab/compare.ts";
import type { NamedReport } from "../lab/compare-terms.ts";

export type { NamedReport } from "../lab/compare-terms.ts";

export type ComparedFigure = "kl" | "nll" | "size" | "prefill" | "decode";

/** What a report says of a setting, and how that differs from the first report that has it. */
export interface ComparedCell {
  readonly value: number;
  /** Of a mean: its 95 % interval. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Null in the first report, and where the two may not be compared. */
  readonly change: {
    /** "times" the first speed, or the difference to the first figure. */
    readonly kind: "times" | "difference";
    readonly amount: number;
    /** Null where it cannot be told. */
    readonly beyondNoise: boolean | null;
  } | null;
}

export interface ComparedRow {
  readonly setting: string;
  /** In the order of the reports; null where one does not say. */
  readonly cells: readonly (ComparedCell | null)[];
}

export interface ComparedTable {
  readonly warnings: readonly string[];
  readonly rows: readonly ComparedRow[];
  readonly alone: readonly { readonly setting: string; readonly report: string }[];
}

/** One figure of every setting that two of the reports have, a column for each report. */
export function comparedTable(
  reports: readonly NamedReport[],
  figure: ComparedFigure,
): ComparedTable {
  const { warnings, settings, alone } = compareReports(reports);
  const names = reports.map(({ name }) => name);
  return { warnings, alone, rows: settings.map((setting) => rowOf(setting, names, figure)) };
}

function rowOf(
  { setting, first, others }: ComparedSetting,
  names: readonly string[],
  figure: ComparedFigure,
): ComparedRow {
  const cells = new Map([[first.report, cellOf(first, null, figure)]]);
  for (const other of others) cells.set(other.report, cellOf(other, other.against, figure));
  return { setting, cells: names.map((name) => cells.get(name) ?? null) };
}

function cellOf(
  figures: ReportedFigures,
  against: Differences | null,
  figure: ComparedFigure,
): ComparedCell | null {
  switch (figure) {
    case "size":
      return {
        value: figures.bytes,
        interval: null,
        change: against && {
          kind: "difference",
          amount: against.bytes,
          beyondNoise: !against.sameSize,
        },
      };
    case "kl":
    case "nll": {
      const [estimate, gap] = [figures[figure], against?.[figure]];
      return (
        estimate && {
          ...estimate,
          change: gap
            ? { kind: "difference", amount: gap.difference, beyondNoise: gap.beyondNoise }
            : null,
        }
      );
    }
    case "prefill":
    case "decode": {
      const [timing, ratio] = [figures[figure], against?.[figure]];
      return (
        timing && {
          value: timing.tokensPerSecond,
          interval: null,
          change: ratio
            ? { kind: "times", amount: ratio.ratio, beyondNoise: ratio.beyondSpread }
            : null,
        }
      );
    }
    default:
      return figure satisfies never;
  }
}
