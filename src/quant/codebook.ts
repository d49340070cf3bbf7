import { type Levels, levelsOf, placeOf } from "./share-search.ts";

/** A table of levels and what rounding to the nearest of them needs. */
export interface Codebook {
  /** Level of every code, f32. */
  readonly levels: Float32Array;
  /** Codes in the order of their levels, each level once: of equal ones the lower code. */
  readonly sorted: Uint8Array;
  /** Middle of each level and the next, f32. */
  readonly middles: Float32Array;
  /** The code of 0. */
  readonly zero: number;
  /** Half the largest distance between neighbours. */
  readonly reach: number;
  /** For a search among shares of a range. */
  readonly ordered: Levels;
}

/** Cells of the range of all levels, which are enough for a cell to have one middle, or seldom two. */
const CELLS = 64;

export function codebook(levels: readonly number[]): Codebook {
  const table = Float32Array.from(levels);
  const codes = levels
    .map((_, code) => code)
    .filter((code) => table.indexOf(table[code] ?? 0) === code);
  codes.sort((a, b) => (table[a] ?? 0) - (table[b] ?? 0));
  const ordered = codes.map((code) => table[code] ?? 0);
  const gaps = ordered.slice(1).map((level, i) => level - (ordered[i] ?? 0));
  const middles = Float32Array.from(
    ordered.slice(1),
    (level, i) => (level + (ordered[i] ?? 0)) / 2,
  );
  const span = (ordered[ordered.length - 1] ?? 0) - (ordered[0] ?? 0);
  return {
    levels: table,
    sorted: Uint8Array.from(codes),
    middles,
    ordered: levelsOf(ordered, [...middles], CELLS / span),
    zero: table.indexOf(0),
    reach: Math.max(...gaps) / 2,
  };
}

/** The code of the nearest level; a tie goes down. */
export function nearest({ sorted, ordered }: Codebook, value: number): number {
  return sorted[placeOf(ordered, value)] ?? 0;
}

/** Codes of values[start, stop) times `inverse`, in f32; an inverse of 0 gives the code of 0. */
export function encodeNearest(
  book: Codebook,
  values: Float32Array,
  codes: Uint8Array,
  inverse: number,
  start: number,
  stop: number,
): void {
  if (inverse === 0) {
    codes.fill(book.zero, start, stop);
    return;
  }
  for (let i = start; i < stop; i++) {
    codes[i] = nearest(book, Math.fround((values[i] ?? 0) * inverse));
  }
}

/** Sum of (w - scale * level)² over values[start, stop), or Infinity as soon as it cannot be below `limit`. */
export function nearestError(
  book: Codebook,
  values: Float32Array,
  scale: number,
  inverse: number,
  start: number,
  stop: number,
  limit: number,
): number {
  const { ordered } = book;
  const { levels } = ordered;
  let sum = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    const level = inverse === 0 ? 0 : (levels[placeOf(ordered, Math.fround(value * inverse))] ?? 0);
    const error = value - scale * level;
    sum += error * error;
    if ((i & 7) === 7 && sum >= limit) return Number.POSITIVE_INFINITY;
  }
  return sum;
}
