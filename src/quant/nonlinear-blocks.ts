import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { packedCodec } from "./block.ts";
import { bookShader } from "./books.ts";
import { fileBlocks, GGUF, nonlinear } from "./file-blocks.ts";
import { levelIntegers, levelValues, stepCodes } from "./groups.ts";
import { extremeOf, largestOf, reciprocal, worst } from "./scale-bits.ts";
import { f16Store } from "./scales.ts";
import type { Codes, FormatRow } from "./types.ts";

/** Scales on either side of the first guess that iq4_nl tries. */
const TRIES = 7;
const LOWEST = 127;
/** The code nearest to level (place / 2) - 128, one table for halves: middles of levels are halves themselves. */
const nearestLevel = Uint8Array.from({ length: 512 }, (_, place) => {
  let code = 0;
  while (code < 15 && (nonlinear[code] ?? 0) + (nonlinear[code + 1] ?? 0) <= place - 256) code++;
  return code;
});

export const nonlinearRow: FormatRow = {
  family: "gguf",
  idea: "blocks of GGUF files",
  groups: [],
  fixedGroup: 32,
  methods: ["rtn"],
  sparse: false,
  paper: GGUF,
  id: "iq4_nl",
  label: "IQ4_NL",
  sentence:
    "GGUF's IQ4_NL: sixteen fixed levels from -127 to 113, closer together near zero, times one f16 for 32 inputs; of 15 scales the one " +
    "is kept that serves best with large weights counting more, as ggml does. 0 is no level.",
  bits: 4,
  asymmetric: false,
  exactZero: false,
  // The level 1; inputs there are 0.
  padding: 8,
  blocks: { packed: packedCodec(4) },
  scales: f16Store(["lib/scale_f16", "lib/scale_times"]),
  shader: {
    unit: 32,
    spans: "int",
    codes: ["formats/int4", "lib/unpack"],
    ...bookShader("formats/iq4_nl"),
    constants: { ZERO: 8 },
    dp4a: ["formats/iq4_nl"],
  },
  largest: F16_MAX * 64,
  file: fileBlocks("IQ4_NL", { scales: 1, scaleBytes: 2, bits: 4 }),
  quantize: (kept, shape) =>
    stepCodes(kept, shape, (start, stop, codes) => {
      const step = nonlinearStep(kept, start, stop);
      const inverse = reciprocal(step);
      for (let i = start; i < stop; i++) codes[i] = levelAt((kept[i] ?? 0) * inverse);
      return step;
    }),
  dequantize: (codes, shape) => levelValues(codes, shape, f16Of(codes), () => nonlinear),
  integers: (codes, shape) => levelIntegers(codes, shape, f16Of(codes), () => nonlinear),
  // The widest gap is 24 of 127, the lower end reaches no further than 113, and the best step for all may leave either end behind.
  errorBound: (values, method) =>
    worst(largestOf(values, 0, values.length) * 0.25 + 127 * 2 ** -25, values, method),
};

function f16Of({ scales }: Codes): (at: number) => number {
  return (at) => f16ToF32(scales?.[at] ?? 0);
}

function levelAt(level: number): number {
  return nearestLevel[Math.max(0, Math.min(Math.floor(2 * level) + 256, 511))] ?? 0;
}

/** The sums of a group for one inverse: Σ w³ l and Σ w² l² of the nearest levels l. */
const sums = { product: 0.5, square: 0.5 };
/** What moving on to other levels adds to them, at the try where it happens. */
const productMoves = new Float64Array(2 * TRIES + 1);
const squareMoves = new Float64Array(2 * TRIES + 1);
const scores = new Float64Array(2 * TRIES + 1);
/** Of a score, more than what is lost by adding up moves. */
const LOST = 1e-11;

/** The step with the least sum of w² (w - ŵ)² among those that put the largest magnitude near the lowest level. */
function nonlinearStep(values: Float32Array, start: number, stop: number): number {
  const most = extremeOf(values, start, stop);
  if (Math.abs(most) < 2 ** -100) return 0;
  noteMoves(values, start, stop, most);
  let { product, square } = sums;
  let highest = 0;
  for (let shift = 0; shift <= 2 * TRIES; shift++) {
    product += productMoves[shift] ?? 0;
    square += squareMoves[shift] ?? 0;
    const score = (product * product) / square;
    scores[shift] = score;
    if (score > highest) highest = score;
  }
  let best = 0;
  let step = 0;
  // In the order of the weights, for a last bit may decide between equals.
  for (let shift = 0; shift <= 2 * TRIES; shift++) {
    if ((scores[shift] ?? 0) < highest * (1 - LOST)) continue;
    sumLevels(values, start, stop, inverseOf(shift, most));
    if (sums.product * sums.product > best * sums.square) {
      step = sums.product / sums.square;
      best = step * sums.product;
    }
  }
  return step;
}

function inverseOf(shift: number, most: number): number {
  return (shift - TRIES - LOWEST) / most;
}

function sumLevels(values: Float32Array, start: number, stop: number, inverse: number): void {
  let product = 0;
  let square = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    const level = nonlinear[levelAt(value * inverse)] ?? 0;
    const weighted = value * value * level;
    product += weighted * value;
    square += weighted * level;
  }
  sums.product = product;
  sums.square = square;
}

/** Sums of the first try, and what changes on the way to the last one: a weight nears 0, and few pass the middle of two levels. */
function noteMoves(values: Float32Array, start: number, stop: number, most: number): void {
  const last = 2 * TRIES;
  const [first, end] = [inverseOf(0, most), inverseOf(last, most)];
  productMoves.fill(0);
  squareMoves.fill(0);
  let product = 0;
  let square = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    const weight = value * value;
    let code = levelAt(value * first);
    const final = levelAt(value * end);
    let level = nonlinear[code] ?? 0;
    product += weight * value * level;
    square += weight * level * level;
    for (let at = 0; code !== final; ) {
      at = firstOther(value, most, code, at, last);
      code = levelAt(value * inverseOf(at, most));
      const next = nonlinear[code] ?? 0;
      productMoves[at] = (productMoves[at] ?? 0) + weight * value * (next - level);
      squareMoves[at] = (squareMoves[at] ?? 0) + weight * (next * next - level * level);
      level = next;
    }
  }
  sums.product = product;
  sums.square = square;
}

/** The first try behind `from` that gives a value another code; `to` does. */
function firstOther(value: number, most: number, code: number, from: number, to: number): number {
  let [low, high] = [from + 1, to];
  while (low < high) {
    const half = (low + high) >> 1;
    if (levelAt(value * inverseOf(half, most)) === code) low = half + 1;
    else high = half;
  }
  return low;
}
