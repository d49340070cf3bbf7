import { f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { reciprocal, scaleBits } from "./scale-bits.ts";
import { type Levels, levelsOf, ShareSearch, shares } from "./share-search.ts";

/** A group's scale as f16 bits and its zero point, the code that means 0. */
export interface Scale {
  readonly scale: number;
  readonly zero: number;
}

/** What a group spans: symmetric formats the element `high` of largest magnitude, with its sign. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** How a family of formats places its codes; `top` is the largest code, the least is 0. */
export interface Placement {
  readonly top: number;
  /** Steps between the ends of the range. */
  readonly reach: number;
  span(values: Float32Array, start: number, stop: number): Range;
  /** The scale for a share of the range. */
  scaleFor(range: Range, share: number): Scale;
  /** Whether rounding scales of this range to f16 may move the zero point. */
  wavers(range: Range): boolean;
  /** What codes stand for, over the magnitude of the scale. */
  levels(range: Range, zero: number): Levels;
}

const SIGN = 0x8000;
/** Steps from which on only a few shares come into question, which are soon tried one by one. */
const FINE = 32;
/** A fifth of a smaller one may be below f16's normal numbers, whose rounding is coarse, and a zero point with it. */
const LEAST_NORMAL = 2 ** -11;
/** More than what an error loses in f64. */
const CERTAIN = 1 + 1e-6;
const search = new ShareSearch();
const tables = new Map<number, Levels>();

/** Whole levels from `least` to `most`, less than 256 of them or as many. */
export function wholeLevels(least: number, most: number): Levels {
  const key = (most - least) * 512 + most;
  let table = tables.get(key);
  if (!table) {
    const levels = Array.from({ length: most - least + 1 }, (_, i) => least + i);
    const middles = levels.slice(1).map((level) => level - 0.5);
    table = levelsOf(levels, middles, 1);
    tables.set(key, table);
  }
  return table;
}

/**
 * The scale with the least sum of squared errors among the range times 1 - i/100 (in f32), i below
 * 80, the first on ties; errors are summed in f64 in the order of the elements. GPTQ's grid search
 * (arXiv 2210.17323, its code), with squares where that takes the power 2.4.
 */
export function clip(
  values: Float32Array,
  start: number,
  stop: number,
  range: Range,
  place: Placement,
): Scale {
  const { reach, top } = place;
  const whole = place.scaleFor(range, 1);
  const { scale, zero } = whole;
  const step = Math.abs(f16ToF32(scale));
  if (reach >= FINE || step < LEAST_NORMAL || place.wavers(range)) {
    return clipEach(values, start, stop, range, place);
  }
  const table = place.levels(range, zero);
  const error = search.begin(values, start, stop, table, step);
  // Of symmetric formats the range is from 0 on, either way.
  const low = range.low;
  const high = low === 0 ? Math.abs(range.high) : range.high;
  // What the steps do not cover of a range costs its square on one end, half of that shared by both; and scales only shrink.
  const ends = low < 0 && high > 0 ? 2 : 1;
  search.fill(low, high, reach, (high - low - Math.sqrt(ends * error * CERTAIN)) / reach);
  const near = search.choose(table);
  let best = whole;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < near; i++) {
    const bits = scaleBits(search.scales[search.near[i] ?? 0] ?? 0);
    const candidate = { scale: bits === 0 ? 0 : bits | (scale & SIGN), zero };
    if (near === 1) return candidate;
    const found = squaredError(values, start, stop, candidate, top, least);
    if (found < least) {
      least = found;
      best = candidate;
    }
  }
  return best;
}

/** The same one by one. */
function clipEach(
  values: Float32Array,
  start: number,
  stop: number,
  range: Range,
  { top, reach, scaleFor }: Placement,
): Scale {
  let best = scaleFor(range, 1);
  let least = squaredError(values, start, stop, best, top, Number.POSITIVE_INFINITY);
  let previous = best;
  for (let i = 1; i < shares.length && least > 0; i++) {
    const candidate = scaleFor(range, shares[i] ?? 0);
    if (candidate.scale === previous.scale && candidate.zero === previous.zero) continue;
    previous = candidate;
    if (cutOff(range, candidate, reach) > least) break;
    const error = squaredError(values, start, stop, candidate, top, least);
    if (error < least) {
      least = error;
      best = candidate;
    }
  }
  return best;
}

/**
 * A bound from below of the squared error that cutting off the range's ends costs: what `reach`
 * steps do not cover falls on one end or, cheapest, half on each. Scales only shrink as the search
 * goes on, so once this exceeds the best sum no later one can win. The factor covers rounding.
 */
function cutOff(range: Range, { scale }: Scale, reach: number): number {
  const excess = Math.abs(range.high - range.low) - reach * Math.abs(f16ToF32(scale));
  return excess > 0 ? 0.499 * excess * excess : 0;
}

/** Sum of (w - ŵ)², or Infinity as soon as it cannot be below `limit`. */
function squaredError(
  values: Float32Array,
  start: number,
  stop: number,
  { scale, zero }: Scale,
  top: number,
  limit: number,
): number {
  const step = f16ToF32(scale);
  const inverse = reciprocal(f16ToF32(scale));
  const least = -zero;
  const most = top - zero;
  let sum = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    let code = roundFast(Math.fround(value * inverse));
    if (code < least) code = least;
    else if (code > most) code = most;
    const error = value - step * code;
    sum += error * error;
    if ((i & 7) === 7 && sum >= limit) return Number.POSITIVE_INFINITY;
  }
  return sum;
}
