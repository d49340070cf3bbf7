import { type Curves, summariseCurves } from "../lab/curves.ts";
import type { NextToken, SessionRow, Side, TextTrace } from "./types.ts";

export interface SideCurves {
  readonly setting: string;
  readonly side: Side;
  readonly curves: Curves;
}

/** Of the reference and of the candidate, where they are measured; one where both are the same setting. */
export function curvesOf(rows: readonly SessionRow[], candidate: string): SideCurves[] {
  return rows.flatMap(({ setting, side, curves }) => {
    const shown = curves && (side === "reference" || setting === candidate);
    return shown
      ? [
          {
            setting,
            side: setting === candidate ? ("candidate" as const) : side,
            curves: summariseCurves(curves),
          },
        ]
      : [];
  });
}

export interface DensityCell {
  /** Ends in nats, of the reference's and the candidate's log-probability. */
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
  readonly count: number;
}

/** The cells that anything fell into. */
export function densityCells({ leastNats, cells, counts }: TextTrace["density"]): DensityCell[] {
  const edge = (at: number): number => leastNats - (leastNats * at) / cells;
  return counts.flatMap((count, at) => {
    const [x, y] = [Math.floor(at / cells), at % cells];
    return count === 0
      ? []
      : [{ x1: edge(x), x2: edge(x + 1), y1: edge(y), y2: edge(y + 1), count }];
  });
}

export interface DensityBand {
  /** Of the reference's log-probability, nats. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean change of the log-probability, candidate minus reference, from the middles of the cells. */
  readonly change: number;
  /** Share that moved by no more than a cell. */
  readonly near: number;
}

/** The density in bands of so many cells, likeliest first: what fits a table. */
export function densityBands(density: TextTrace["density"], bandCells: number): DensityBand[] {
  const { leastNats, cells, counts } = density;
  const width = -leastNats / cells;
  const bands: DensityBand[] = [];
  for (let end = cells; end > 0; end -= bandCells) {
    const start = Math.max(0, end - bandCells);
    let [count, change, near] = [0, 0, 0];
    for (let x = start; x < end; x++) {
      for (let y = 0; y < cells; y++) {
        const pairs = counts[x * cells + y] ?? 0;
        count += pairs;
        change += pairs * (y - x) * width;
        if (Math.abs(y - x) <= 1) near += pairs;
      }
    }
    const [from, to] = [start, end].map((at) => leastNats + at * width);
    if (count > 0) {
      bands.push({
        from: from ?? 0,
        to: to ?? 0,
        count,
        change: change / count,
        near: near / count,
      });
    }
  }
  return bands;
}

/** Ranks beyond the first this many are thinned out: a screen has no pixels for them. */
const DENSE_RANKS = 32;

/** Log-probabilities from the likeliest down, every one of the first and then ever fewer. */
export function sortedRanks(row: Float32Array): { readonly rank: number; readonly nats: number }[] {
  const sorted = row.slice().sort().reverse();
  const ranks: { rank: number; nats: number }[] = [];
  let wanted = 1;
  for (const [at, nats] of sorted.entries()) {
    const rank = at + 1;
    if (rank < wanted && rank < sorted.length) continue;
    ranks.push({ rank, nats });
    wanted = rank < DENSE_RANKS ? rank + 1 : Math.ceil(rank * 1.05);
  }
  return ranks;
}

export interface RankedToken {
  readonly id: number;
  readonly reference: { readonly probability: number; readonly rank: number };
  readonly candidate: { readonly probability: number; readonly rank: number };
}

/** The named tokens of a place, by the reference's probability, each with its rank under both; ties share a rank. */
export function likeliestOf({ reference, candidate, names }: NextToken): RankedToken[] {
  const placed = (row: Float32Array, id: number) => {
    const own = row[id] ?? Number.NEGATIVE_INFINITY;
    let rank = 1;
    for (const other of row) if (other > own) rank++;
    return { probability: Math.exp(own), rank };
  };
  return Object.keys(names)
    .map(Number)
    .map((id) => ({ id, reference: placed(reference, id), candidate: placed(candidate, id) }))
    .toSorted((a, b) => b.reference.probability - a.reference.probability);
}
