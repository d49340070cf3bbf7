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
}

export function codebook(levels: readonly number[]): Codebook {
  const table = Float32Array.from(levels);
  const codes = levels
    .map((_, code) => code)
    .filter((code) => table.indexOf(table[code] ?? 0) === code);
  codes.sort((a, b) => (table[a] ?? 0) - (table[b] ?? 0));
  const ordered = codes.map((code) => table[code] ?? 0);
  const gaps = ordered.slice(1).map((level, i) => level - (ordered[i] ?? 0));
  return {
    levels: table,
    sorted: Uint8Array.from(codes),
    middles: Float32Array.from(ordered.slice(1), (level, i) => (level + (ordered[i] ?? 0)) / 2),
    zero: table.indexOf(0),
    reach: Math.max(...gaps) / 2,
  };
}

/** The code of the nearest level: as many middles as lie strictly below the value, so that a tie goes down. */
export function nearest({ sorted, middles }: Codebook, value: number): number {
  let low = 0;
  let high = middles.length;
  while (low < high) {
    const half = (low + high) >> 1;
    if ((middles[half] ?? 0) < value) low = half + 1;
    else high = half;
  }
  return sorted[low] ?? 0;
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
  for (let i = start; i < stop; i++)
    codes[i] = nearest(book, Math.fround((values[i] ?? 0) * inverse));
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
  let sum = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    const code = inverse === 0 ? book.zero : nearest(book, Math.fround(value * inverse));
    const error = value - scale * (book.levels[code] ?? 0);
    sum += error * error;
    if ((i & 7) === 7 && sum >= limit) return Number.POSITIVE_INFINITY;
  }
  return sum;
}
