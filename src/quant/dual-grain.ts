import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { packedCodec } from "./block.ts";
import { type Affine, affineIntegers, affineValues, eachGroupOf } from "./groups.ts";
import { QUAD } from "./layout.ts";
import { largestOf, reciprocal, scaleBits } from "./scale-bits.ts";
import { eachGroup } from "./scales.ts";
import {
  type Codes,
  type FormatRow,
  type GroupShape,
  groupNames,
  type ScaleStore,
} from "./types.ts";

/** Largest code of four bits, and largest magnitude of what it becomes. */
const TOP = 15;
const REACH = 127;
const GROUP_TRIES = 20;
const ROW_TRIES = 80;

/** [group][quad] of whole scales r0 r1 r2 r3; the same of zero points; [quad] of 2 words: the rows' f16 scales. */
const store: ScaleStore = {
  files: ["lib/scale_dgq", "lib/scale_times"],
  words: ({ quads, groups }) => 2 * quads * (groups + 1),
  pack(tensors, { quads, groups }, words) {
    const bytes = new Uint8Array(words.buffer);
    const halves = new Uint16Array(words.buffer);
    const line = quads * QUAD;
    eachGroup(tensors, groups, ({ scales, zeros, factors }, from, row, group) => {
      bytes[group * line + row] = scales?.[from] ?? 0;
      bytes[(groups + group) * line + row] = zeros?.[from] ?? 0;
      halves[groups * line + row] = scaleBits(factors?.[Math.floor(from / groups)] ?? 0);
    });
  },
  unpack(words, { rows, quads, groups }) {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
    const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
    const line = quads * QUAD;
    const scales = new Uint8Array(rows * groups);
    const zeros = new Uint8Array(rows * groups);
    for (let at = 0; at < scales.length; at++) {
      const [row, group] = [Math.floor(at / groups), at % groups];
      scales[at] = bytes[group * line + row] ?? 0;
      zeros[at] = bytes[(groups + group) * line + row] ?? 0;
    }
    const first = groups * line;
    const factors = Float32Array.from(halves.subarray(first, first + rows), f16ToF32);
    return { scales, zeros, factors };
  },
};

/** Levels are (u - z) S, whole numbers up to 127, times the row's scale. */
function wholeOf({ scales, zeros, codes }: Codes, shape: GroupShape): Codes {
  const levels = new Float32Array(codes.length);
  eachGroupOf(shape, (start, stop, at) => {
    for (let i = start; i < stop; i++) {
      levels[i] = ((codes[i] ?? 0) - (zeros?.[at] ?? 0)) * (scales?.[at] ?? 0);
    }
  });
  return { codes: levels };
}

function rowScale({ factors }: Codes): (at: number, row: number) => Affine {
  return (_, row) => ({ scale: factors?.[row] ?? 0, zero: 0 });
}

/** Step and zero point of values[start, stop): of 20 shares of the range, the one with the least squared error. */
function groupStep(values: Float32Array, start: number, stop: number) {
  let [low, high] = [0, 0];
  for (let i = start; i < stop; i++) {
    low = Math.min(low, values[i] ?? 0);
    high = Math.max(high, values[i] ?? 0);
  }
  let best = { step: 0, zero: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i <= GROUP_TRIES; i++) {
    const step = Math.fround(((high - low) * (1.02 - (0.22 * i) / GROUP_TRIES)) / TOP);
    const inverse = reciprocal(step);
    // The share takes from both ends alike, which leaves the zero point where it is.
    const zero = Math.min(roundFast((-low / (high - low || 1)) * TOP), TOP);
    const error = squaredError(values, start, stop, step, inverse, -zero, TOP - zero, least);
    if (error < least) {
      least = error;
      best = { step, zero };
    }
  }
  return best;
}

function squaredError(
  values: Float32Array,
  start: number,
  stop: number,
  step: number,
  inverse: number,
  lowest: number,
  highest: number,
  limit: number,
): number {
  let sum = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    let code = roundFast(value * inverse);
    if (code < lowest) code = lowest;
    else if (code > highest) code = highest;
    const error = value - step * code;
    sum += error * error;
    if ((i & 7) === 7 && sum >= limit) return Number.POSITIVE_INFINITY;
  }
  return sum;
}

/** A group's whole scale under the row's, and the ends of what its codes may be, less the zero point. */
function wholeScale(step: number, zero: number, inverse: number) {
  const scale = Math.max(1, Math.min(roundFast(step * inverse), REACH));
  const most = Math.floor(REACH / scale);
  return { scale, lowest: Math.max(-zero, -most), highest: Math.min(TOP - zero, most) };
}

function quantize(kept: Float32Array, shape: GroupShape): Codes {
  const { rows, width, groups, step: size } = shape;
  const codes = new Uint8Array(kept.length);
  const scales = new Uint8Array(rows * groups);
  const zeros = new Uint8Array(rows * groups);
  const factors = new Float32Array(rows);
  const steps = new Float32Array(rows * groups);
  eachGroupOf(shape, (start, stop, at) => {
    const { step, zero } = groupStep(kept, start, stop);
    steps[at] = step;
    zeros[at] = zero;
  });
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * width;
    const largest = largestOf(kept, row * width, end);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 1; i <= ROW_TRIES; i++) {
      const factor = f16ToF32(scaleBits((largest * (1.02 - (0.82 * i) / ROW_TRIES)) / REACH));
      const inverse = reciprocal(factor);
      let error = 0;
      for (let g = 0; g < groups && error < least; g++) {
        const at = row * groups + g;
        const start = row * width + g * size;
        const stop = Math.min(start + size, end);
        const { scale, lowest, highest } = wholeScale(steps[at] ?? 0, zeros[at] ?? 0, inverse);
        const full = factor * scale;
        const left = least - error;
        error += squaredError(kept, start, stop, full, reciprocal(full), lowest, highest, left);
      }
      if (error < least) {
        least = error;
        factors[row] = factor;
      }
    }
  }
  eachGroupOf(shape, (start, stop, at, row) => {
    const [factor, zero] = [factors[row] ?? 0, zeros[at] ?? 0];
    const { scale, lowest, highest } = wholeScale(steps[at] ?? 0, zero, reciprocal(factor));
    scales[at] = scale;
    const inverse = reciprocal(factor * scale);
    for (let i = start; i < stop; i++) {
      const code = roundFast(Math.fround((kept[i] ?? 0) * inverse));
      codes[i] = zero + Math.max(lowest, Math.min(code, highest));
    }
  });
  return { codes, scales, zeros, factors };
}

const dgq: FormatRow = {
  id: "dgq",
  family: "dgq",
  idea: "integers",
  bits: 4,
  groups: groupNames,
  asymmetric: true,
  methods: ["rtn"],
  sparse: false,
  exactZero: true,
  padding: 0,
  label: "DGQ",
  sentence:
    "Codes of 4 bits less a zero point times a whole scale of the group give whole numbers up to 127, which an f16 of the row scales. For " +
    "the least squared error of the weights 20 ranges of a group are tried, from 1.009 of its own down to 0.8, then 80 of the row, from 1.00975 down to 0.2, where the paper asks calibration data for that of the outputs.",
  paper: "Dual Grained Quantization, 2023 (arXiv 2310.04836)",
  largest: F16_MAX * 100,
  blocks: { packed: packedCodec(4) },
  scales: store,
  shader: {
    unit: 32,
    spans: "int",
    codes: ["formats/int4", "lib/unpack"],
    values: ["formats/dgq_values"],
    constants: { ZERO: 0 },
    dp4a: ["formats/dgq"],
  },
  quantize,
  // A row's scale has 11 significant bits and a level 7: exact.
  dequantize: (codes, shape) => affineValues(wholeOf(codes, shape), shape, rowScale(codes)),
  integers(codes, shape) {
    const { levels } = affineIntegers(wholeOf(codes, shape), shape, rowScale(codes));
    const scales = new Float32Array(shape.rows * shape.groups);
    eachGroupOf(shape, (_start, _stop, at, row) => {
      scales[at] = codes.factors?.[row] ?? 0;
    });
    return { levels, scales };
  },
  // What is cut off keeps its sign; what is rounded is so by half a step, which is less than the largest magnitude.
  errorBound: (values) => largestOf(values, 0, values.length) * 1.001 + REACH * 2 ** -24,
};

export const dualGrainRows: readonly FormatRow[] = [dgq];
