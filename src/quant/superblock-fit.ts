import { roundFast } from "../lib/round.ts";
import { extremeOf } from "./scale-bits.ts";

// How ggml's reference chooses scales of sub-blocks, with its roundings to f32: some steps put the greatest element halfway between two
// codes, and of lines that fit equally well a last bit decides.

const { fround } = Math;

/** Below, reciprocals are no use. */
const VANISHING = 1e-30;
/** Of the largest possible determinant: below, all codes are alike and a line through them is noise. */
const SINGULAR = 1e-9;
/** Of the sum of squares: more than what f32 makes of an error. */
const NEAR = 1e-5;

/** Which steps are tried: (top + first + delta i) codes between the ends of the range, i from 0 to `tries`. */
export interface Search {
  readonly top: number;
  readonly first: number;
  readonly delta: number;
  readonly tries: number;
  /** Errors count as they are instead of squared. */
  readonly absolute: boolean;
}

/**
 * Scale and minimum (0 or below) of values[start, stop): for each number of steps the weighted least-squares line through the codes it
 * gives from the best minimum so far on, and of all lines the one with the least weighted error. Returns the minimum with its sign turned.
 */
export function fitLine(
  values: Float32Array,
  weights: Float32Array,
  start: number,
  stop: number,
  { top, first, delta, tries, absolute }: Search,
): { scale: number; least: number } {
  let [low, high, sumW, sumX, sumXX] = [0, values[start] ?? 0, 0, 0, 0];
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    const weight = weights[i - start] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
    sumW = fround(sumW + weight);
    sumX = fround(sumX + fround(weight * value));
    sumXX += weight * value * value;
  }
  const range = high - low;
  if (range < VANISHING) return { scale: 0, least: -low };
  const part = { values, weights, start, stop, top, absolute };
  let scale = fround(1 / fround(top / fround(range)));
  let least = low;
  let error = lineError(part, fround(top / fround(range)), low, scale, least);
  for (let i = 0; i <= tries; i++) {
    const inverse = fround(fround(top + first + delta * i) / fround(high - least));
    let [sumL, sumLL, sumXL] = [0, 0, 0];
    for (let at = start; at < stop; at++) {
      const value = values[at] ?? 0;
      let code = roundFast(fround(inverse * fround(value - least)));
      if (code < 0) code = 0;
      else if (code > top) code = top;
      const weighted = fround((weights[at - start] ?? 0) * code);
      sumL = fround(sumL + weighted);
      sumLL = fround(sumLL + fround(weighted * code));
      sumXL = fround(sumXL + fround(weighted * value));
    }
    const determinant = fround(fround(sumW * sumLL) - fround(sumL * sumL));
    if (!(determinant > SINGULAR * sumW * sumLL)) continue;
    let tried = fround(fround(fround(sumW * sumXL) - fround(sumX * sumL)) / determinant);
    let from = fround(fround(fround(sumLL * sumX) - fround(sumL * sumXL)) / determinant);
    if (from > 0) {
      from = 0;
      tried = fround(sumXL / sumLL);
    }
    // The squared error by its sums: only what comes near is looked at closely.
    const cross = tried * (tried * sumLL + 2 * (from * sumL - sumXL));
    const about = cross + from * (from * sumW - 2 * sumX) + sumXX;
    if (!absolute && about > error + NEAR * sumXX) continue;
    const found = lineError(part, inverse, least, tried, from);
    if (found < error) {
      error = found;
      scale = tried;
      least = from;
    }
  }
  return { scale, least: -least };
}

interface Part {
  readonly values: Float32Array;
  readonly weights: Float32Array;
  readonly start: number;
  readonly stop: number;
  readonly top: number;
  readonly absolute: boolean;
}

/** Weighted error of scale * code + least, with the codes that (value - low) * inverse rounds to. */
function lineError(
  { values, weights, start, stop, top, absolute }: Part,
  inverse: number,
  low: number,
  scale: number,
  least: number,
): number {
  let sum = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    let code = roundFast(fround(inverse * fround(value - low)));
    if (code < 0) code = 0;
    else if (code > top) code = top;
    const off = fround(fround(fround(scale * code) + least) - value);
    const size = absolute ? Math.abs(off) : fround(off * off);
    sum = fround(sum + fround((weights[i - start] ?? 0) * size));
  }
  return sum;
}

/**
 * Scale of values[start, stop) for codes from -half to half - 1: of 19 that put the largest magnitude near the lowest code the one with
 * the least squared error, squares of weights counting.
 */
export function fitScale(values: Float32Array, start: number, stop: number, half: number): number {
  const most = extremeOf(values, start, stop);
  if (Math.abs(most) < VANISHING) return 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    squares[i - start] = value * value;
    cubes[i - start] = fround(value * value) * value;
  }
  let best = 0;
  let scale = 0;
  for (const shift of shifts) {
    const inverse = fround(-fround(half + fround(fround(0.1) * shift)) / most);
    let product = 0;
    let square = 0;
    for (let i = start; i < stop; i++) {
      const code = clamp(roundFast(fround(inverse * (values[i] ?? 0))), half);
      product = fround(product + fround((cubes[i - start] ?? 0) * code));
      square = fround(square + fround(fround((squares[i - start] ?? 0) * code) * code));
    }
    if (square > 0 && fround(product * product) > fround(best * square)) {
      scale = fround(product / square);
      best = fround(scale * product);
    }
  }
  return scale;
}

/** From the middle, then from below: of equals the first is kept. */
const shifts = [0, ...Array.from({ length: 19 }, (_, i) => i - 9).filter((shift) => shift !== 0)];

const squares = new Float32Array(32);
const cubes = new Float32Array(32);

const ROUNDS = 5;
const chosen = new Int8Array(32);

/** As fitScale from one scale, whose codes are then moved one at a time for as long as that serves. */
export function refineScale(
  values: Float32Array,
  start: number,
  stop: number,
  half: number,
): number {
  const most = extremeOf(values, start, stop);
  if (Math.abs(most) < VANISHING) return 0;
  const inverse = fround(-half / most);
  let product = 0;
  let square = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    const code = clamp(roundFast(fround(inverse * value)), half);
    const weight = fround(value * value);
    chosen[i - start] = code;
    product = fround(product + fround(fround(weight * value) * code));
    square = fround(square + fround(fround(weight * code) * code));
  }
  for (let round = 0, moved = true; round < ROUNDS && moved; round++) {
    moved = false;
    for (let i = start; i < stop; i++) {
      const value = values[i] ?? 0;
      const before = chosen[i - start] ?? 0;
      const weight = fround(value * value);
      const others = fround(product - fround(fround(weight * value) * before));
      if (!(others > 0)) continue;
      const otherSquares = fround(square - fround(fround(weight * before) * before));
      const code = clamp(roundFast(fround(fround(value * otherSquares) / others)), half);
      if (code === before) continue;
      const newProduct = fround(others + fround(fround(weight * value) * code));
      const newSquare = fround(otherSquares + fround(fround(weight * code) * code));
      if (newSquare > 0 && newProduct * newProduct * square > product * product * newSquare) {
        chosen[i - start] = code;
        product = newProduct;
        square = newSquare;
        moved = true;
      }
    }
  }
  return fround(product / square);
}

/** Held in -half .. half - 1. */
export function clamp(code: number, half: number): number {
  return code < -half ? -half : Math.min(code, half - 1);
}
