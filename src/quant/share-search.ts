// The search of `@clip`: of shares of a group's range the one whose scale has the least squared error.

const { fround } = Math;

/** Shares 1 - i/100 that are tried, in f32. */
export const shares = Float64Array.from({ length: 80 }, (_, i) => Math.fround(1 - i / 100));

/** Levels about 0, and what finds the nearest of them. */
export interface Levels {
  /** Ascending. */
  readonly levels: Float64Array;
  /** Below each level, and above the last: minus infinity, the middles of neighbours, infinity. */
  readonly ends: Float64Array;
  /** How many middles lie below a number, or one or two fewer, by its cell. */
  readonly below: Uint8Array;
  /** Cells of a distance of 1, and the cell of 0. */
  readonly cells: number;
  readonly origin: number;
  /** The widest gap between neighbours. */
  readonly gap: number;
}

/** Codes are chosen in f32, which takes a neighbour for the nearest level this near to a middle: 2^-22 of a weight, for two errors. */
const ROUNDED = 2 ** -20;
/** 1.5 * 2^52 times f16's least step, and the ratio to it of the least number with that step; for greater steps the same ratio. */
const LEAST_SHIFT = 1.5 * 2 ** 28;
const BINADE = 2 ** -14 / LEAST_SHIFT;
/** Of Σ w², more than what is lost in f64. */
const LOST = 1e-12;

export function levelsOf(
  levels: readonly number[],
  middles: readonly number[],
  cells: number,
): Levels {
  const [least = 0] = middles;
  const origin = 1 - least * cells;
  const count = Math.ceil((middles[middles.length - 1] ?? 0) * cells + origin) + 1;
  const below = (cell: number) => middles.filter((middle) => middle * cells + origin < cell).length;
  return {
    levels: Float64Array.from(levels),
    ends: Float64Array.of(Number.NEGATIVE_INFINITY, ...middles, Number.POSITIVE_INFINITY),
    below: Uint8Array.from({ length: count }, (_, cell) => below(cell)),
    cells,
    origin,
    gap: Math.max(...levels.slice(1).map((level, i) => level - (levels[i] ?? 0))),
  };
}

/** The place of the nearest level: as many middles as lie strictly below the value, so that a tie goes down. */
export function placeOf({ ends, below, cells, origin }: Levels, value: number): number {
  const cell = value * cells + origin;
  const last = below.length - 1;
  let place = below[cell > 0 ? (cell < last ? cell | 0 : last) : 0] ?? 0;
  while ((ends[place + 1] ?? 0) < value) place++;
  return place;
}

/**
 * With a scale s the squared error is A - 2 s B + s² C, where A = Σ w², B = Σ w l, C = Σ l² and l are the levels nearest to w / s. As s
 * shrinks a weight moves on to its next level now and then, and what that adds to B and C is noted down at the scale where it does: one
 * walk through the scales then has all errors.
 */
export class ShareSearch {
  /** As `fill` found them, as numbers. */
  readonly scales = new Float64Array(shares.length);
  /** Which of them may be the best, as many as `choose` says, in ascending order. */
  readonly near = new Uint8Array(shares.length);
  readonly #errors = new Float64Array(shares.length);
  /** For each scale what is added to B and to C. */
  readonly #moves = new Float64Array(2 * shares.length);
  #count = 0;
  #values: Float32Array = new Float32Array();
  #start = 0;
  #stop = 0;
  /** Of the first scale, for each value the place of its level. */
  #places = new Uint8Array();
  /** A, B and C of the first scale. */
  readonly #sums = new Float64Array(3);

  /** Takes values[start, stop) and the first scale, which is an f16; returns the squared error it leaves. */
  begin(values: Float32Array, start: number, stop: number, table: Levels, scale: number): number {
    this.#values = values;
    this.#start = start;
    this.#stop = stop;
    if (this.#places.length < stop - start) this.#places = new Uint8Array(stop - start);
    this.scales[0] = scale;
    const { levels, ends, below, origin } = table;
    const cells = scale === 0 ? 0 : table.cells / scale;
    const last = below.length - 1;
    const places = this.#places;
    let own = 0;
    let products = 0;
    let squares = 0;
    for (let i = start; i < stop; i++) {
      const value = values[i] ?? 0;
      let cell = value * cells + origin;
      if (!(cell > 0)) cell = 0;
      else if (cell > last) cell = last;
      let place = below[cell | 0] ?? 0;
      while ((ends[place + 1] ?? 0) * scale < value) place++;
      const level = levels[place] ?? 0;
      places[i - start] = place;
      own += value * value;
      products += value * level;
      squares += level * level;
    }
    const sums = this.#sums;
    sums[0] = own;
    sums[1] = products;
    sums[2] = squares;
    return own - scale * (2 * products - scale * squares);
  }

  /** The scales of all shares, (high - low) / steps in f32 and then in f16, down to the first one below `least`; returns how many. */
  fill(low: number, high: number, steps: number, least: number): number {
    const scales = this.scales;
    let count = 1;
    let scale = scales[0] ?? 0;
    let shift = shiftOf(scale);
    while (count < shares.length && scale >= least) {
      const share = shares[count] ?? 0;
      const end = fround(high * share);
      scale = fround((low === 0 ? end : fround(end - fround(low * share))) / steps);
      while (scale < shift * BINADE && shift > LEAST_SHIFT) shift /= 2;
      scale = scale + shift - shift;
      scales[count++] = scale;
    }
    this.#count = count;
    return count;
  }

  /** How many scales may be the best; `near` says which. */
  choose(table: Levels): number {
    const [scales, errors, near, moves] = [this.scales, this.#errors, this.near, this.#moves];
    const count = this.#count;
    moves.fill(0, 0, 2 * count);
    this.#note(table);
    const own = this.#sums[0] ?? 0;
    let product = this.#sums[1] ?? 0;
    let square = this.#sums[2] ?? 0;
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < count; j++) {
      const scale = scales[j] ?? 0;
      product += moves[2 * j] ?? 0;
      square += moves[2 * j + 1] ?? 0;
      const error = own - scale * (2 * product - scale * square);
      errors[j] = error;
      if (error < least) least = error;
    }
    const sum = Math.sqrt(own * (this.#stop - this.#start));
    const limit = least + ROUNDED * table.gap * (scales[0] ?? 0) * sum + LOST * own;
    let found = 0;
    for (let j = 0; j < count; j++) {
      // Of equal scales the first counts.
      if ((errors[j] ?? 0) > limit || (j > 0 && scales[j] === scales[j - 1])) continue;
      near[found++] = j;
    }
    return found;
  }

  /** What moving on to the next levels adds to B and C, at the scales where it happens. */
  #note({ levels, ends }: Levels): void {
    const [moves, scales, values, places] = [this.#moves, this.scales, this.#values, this.#places];
    const [start, stop, last] = [this.#start, this.#stop, this.#count - 1];
    const end = scales[last] ?? 0;
    const shares = 100 / (scales[0] ?? 1);
    for (let i = start; i < stop; i++) {
      const value = values[i] ?? 0;
      let place = places[i - start] ?? 0;
      // Away from 0; the other end of the level's range only comes nearer to 0.
      while (value > (ends[place + 1] ?? 0) * end || value < (ends[place] ?? 0) * end) {
        const next = value < 0 ? place - 1 : place + 1;
        const middle = ends[value < 0 ? place : next] ?? 0;
        const scale = value / middle;
        let at = 100 - scale * shares;
        if (at > last) at = last;
        else if (!(at > 1)) at = 1;
        at |= 0;
        while (at < last && (scales[at] ?? 0) >= scale) at++;
        while (at > 1 && (scales[at - 1] ?? 0) < scale) at--;
        const [level, then] = [levels[place] ?? 0, levels[next] ?? 0];
        moves[2 * at] = (moves[2 * at] ?? 0) + value * (then - level);
        moves[2 * at + 1] = (moves[2 * at + 1] ?? 0) + then * then - level * level;
        place = next;
      }
    }
  }
}

/** Added to a number and taken away again this rounds it to f16, halves to even: doubles of its size are as far apart. */
function shiftOf(scale: number): number {
  let shift = LEAST_SHIFT;
  while (scale >= shift * BINADE * 2) shift *= 2;
  return shift;
}
