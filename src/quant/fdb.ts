import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { packedCodec } from "./block.ts";
import { halvesStore } from "./group-halves.ts";
import { eachGroupOf } from "./groups.ts";
import { largestOf, scaleBits, worst } from "./scale-bits.ts";
import { SortedGroup } from "./sorted-group.ts";
import { type Codes, type FormatRow, type GroupShape, groupNames, type Method } from "./types.ts";

/** Scales of the two planes: levels are 0, `first`, `second` and their sum. */
export interface Pair {
  readonly first: number;
  readonly second: number;
}

const STEPS = 80;
/** Of these a fit begins at every fourth, and takes so many rounds at most. */
const COARSE = 4;
const ROUNDS = 15;
const SIGN = 0x8000;
/** Codes in the order of their levels, where the first scale is positive and where it is negative. */
const UPWARD = [2, 0, 3, 1] as const;
const DOWNWARD = [1, 3, 0, 2] as const;

export const fdbRows: readonly FormatRow[] = [
  {
    id: "fdb",
    family: "fdb",
    idea: "binary and ternary",
    bits: 2,
    groups: groupNames,
    asymmetric: false,
    methods: ["rtn", "clip", "fit"],
    sparse: false,
    exactZero: true,
    padding: 0,
    label: "dual binary",
    sentence:
      "Two planes of 0 and 1 with a scale each, the second of opposite sign: at first 2s and -s with s half the group's largest " +
      "magnitude, with @clip the best s of 80 and the better sign of the pair. With @fit, from the best of every fourth of these on, both " +
      "scales by least squares for the nearest levels in turns, at most " +
      `${ROUNDS} rounds while the error falls and the first outweighs the second.`,
    paper: "DB-LLM, ACL Findings 2024 (arXiv 2402.11960)",
    largest: F16_MAX,
    blocks: { packed: packedCodec(2) },
    scales: halvesStore(2, ["lib/keys_pair", "lib/scale_keys"]),
    shader: {
      unit: 32,
      spans: "int",
      codes: ["formats/int2", "lib/unpack"],
      values: ["formats/fdb", "lib/bit_set"],
      constants: {},
    },
    quantize,
    dequantize(codes, shape) {
      const values = new Float32Array(shape.rows * shape.width);
      eachGroupOf(shape, (start, stop, at) => {
        const levels = pairLevels(pairOf(codes, at));
        for (let i = start; i < stop; i++) values[i] = levels[codes.codes[i] ?? 0] ?? 0;
      });
      return values;
    },
    errorBound(values, method) {
      const largest = largestOf(values, 0, values.length);
      const step = f16ToF32(scaleBits(largest / 2));
      return worst(Math.max(step / 2, largest - step, largest - 2 * step), values, method);
    },
  },
];

function quantize(kept: Float32Array, shape: GroupShape, method: Method): Codes {
  const codes = new Uint8Array(kept.length);
  const scales = new Uint16Array(shape.rows * shape.groups * 2);
  const group = new SortedGroup();
  eachGroupOf(shape, (start, stop, at) => {
    const step = largestOf(kept, start, stop) / 2;
    if (method !== "rtn") group.load(kept, start, stop, false);
    const pair = choosePair(group, step, method);
    scales[2 * at] = scaleBits(pair.first);
    scales[2 * at + 1] = scaleBits(pair.second);
    encodePair(kept, pairOf({ scales }, at), codes, start, stop);
  });
  return { codes, scales };
}

function choosePair(group: SortedGroup, step: number, method: Method): Pair {
  switch (method) {
    case "rtn":
      return pairOfStep(scaleBits(step));
    case "clip":
      return pairOfStep(bestStep(group, step, 1));
    case "fit":
      return fitPair(group, pairOfStep(bestStep(group, step, COARSE)));
    default:
      return method satisfies never;
  }
}

/** Twice the step and minus the step, which is f16 bits; its sign turns both. */
function pairOfStep(bits: number): Pair {
  const step = f16ToF32(bits);
  return { first: 2 * step, second: -step };
}

/** f16 bits of the step with the least squared error, of the shares 1 - i/100 of the largest, every `stride`th, with both signs, the first of equals. */
function bestStep(group: SortedGroup, largest: number, stride: number): number {
  let best = scaleBits(largest);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < STEPS; i += stride) {
    const bits = scaleBits(largest * (1 - i / 100));
    const step = f16ToF32(bits);
    // What the range no longer covers costs this much alone, and steps only shrink from here on.
    const excess = Math.max(0, largest - step);
    if (4 * excess * excess > least) break;
    const upward = stepError(group, step, -1);
    const downward = stepError(group, step, -2);
    const error = Math.min(upward, downward);
    if (error >= least) continue;
    least = error;
    best = error === upward ? bits : bits | SIGN;
  }
  return best;
}

/** Σ (w - ŵ)² with the nearest of four levels a step apart, of which the first is `low` steps. */
function stepError(group: SortedGroup, step: number, low: number): number {
  const one = group.below((low + 0.5) * step);
  const two = group.below((low + 1.5) * step);
  const three = group.below((low + 2.5) * step);
  const count = group.length;
  // Σ over the levels of steps² n and steps Σ w.
  const [b, c, d] = [low + 1, low + 2, low + 3];
  const squares =
    low * low * one + b * b * (two - one) + c * c * (three - two) + d * d * (count - three);
  const products =
    low * group.sum(0, one) +
    b * group.sum(one, two) +
    c * group.sum(two, three) +
    d * group.sum(three, count);
  return group.squares + step * (step * squares - 2 * products);
}

/**
 * Both scales by least squares for the nearest levels, in turns, as long as the error shrinks and the first outweighs the second;
 * `onRound` gets the squared error of each round's pair.
 */
export function fitPair(group: SortedGroup, start: Pair, onRound?: (error: number) => void): Pair {
  let best = start;
  let [first, second] = [start.first, start.second];
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    let error = group.squares;
    let [n1, n2, both, sum1, sum2] = [0, 0, 0, 0, 0];
    let from = 0;
    const order = first > 0 ? UPWARD : DOWNWARD;
    for (let i = 0; i < order.length; i++) {
      const code = order[i] ?? 0;
      const next = order[i + 1];
      const level = levelOf(code, first, second);
      const to =
        next === undefined ? group.length : group.below((level + levelOf(next, first, second)) / 2);
      const [count, sum] = [to - from, group.sum(from, to)];
      from = to;
      error += level * (level * count - 2 * sum);
      if (code & 1) {
        n1 += count;
        sum1 += sum;
      }
      if (code & 2) {
        n2 += count;
        sum2 += sum;
      }
      if (code === 3) both = count;
    }
    onRound?.(error);
    if (!(error < least)) break;
    least = error;
    best = { first, second };
    const determinant = n1 * n2 - both * both;
    if (determinant === 0) break;
    first = (sum1 * n2 - sum2 * both) / determinant;
    second = (sum2 * n1 - sum1 * both) / determinant;
    if (!(first * second < 0 && Math.abs(first) > Math.abs(second))) break;
  }
  return best;
}

function levelOf(code: number, first: number, second: number): number {
  return (code & 1 ? first : 0) + (code & 2 ? second : 0);
}

/** Levels by code, in the kernel's f32. */
export function pairLevels({ first, second }: Pair): Float32Array {
  return Float32Array.of(0, first, second, first + second);
}

/** The nearest of the four levels, plane by plane; the first scale outweighs the second, whose sign is opposite. */
export function encodePair(
  values: Float32Array,
  { first, second }: Pair,
  codes: Uint8Array,
  start: number,
  stop: number,
): void {
  const sign = first < 0 ? -1 : 1;
  const [one, two] = [sign * first, sign * second];
  for (let i = start; i < stop; i++) {
    const value = sign * (values[i] ?? 0);
    const b1 = value >= (one + two) / 2 ? 1 : 0;
    const b2 = value - one * b1 <= two / 2 ? 2 : 0;
    codes[i] = b1 + b2;
  }
}

function pairOf({ scales }: Pick<Codes, "scales">, at: number): Pair {
  return { first: f16ToF32(scales?.[2 * at] ?? 0), second: f16ToF32(scales?.[2 * at + 1] ?? 0) };
}
