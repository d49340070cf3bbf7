import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { fileBlocks, GGUF } from "./file-blocks.ts";
import { eachGroupOf, stepCodes } from "./groups.ts";
import { intCodes, intShader, symmetricStore } from "./int.ts";
import { QUAD } from "./layout.ts";
import { nonlinearRow } from "./nonlinear-blocks.ts";
import { extremeOf, largestOf, reciprocal, scaleBits, worst } from "./scale-bits.ts";
import { eachGroup } from "./scales.ts";
import type { Codes, FormatRow, GroupShape, ScaleStore, Terms } from "./types.ts";

// GGUF's blocks of 32 values. On the device codes and scales lie as those of every other format do, so that its kernels serve them; a file's
// blocks and ours say the same bits.

const { fround, trunc } = Math;
const SIZE = 32;

/** What GGUF's blocks of 32 have in common. */
const plain = {
  family: "gguf",
  idea: "blocks of GGUF files",
  groups: [],
  fixedGroup: SIZE,
  methods: ["rtn"],
  sparse: false,
  paper: GGUF,
} as const;

/** q4_0, q5_0: the element of largest magnitude becomes the lowest code, halves round up. */
function signedNibbles(bits: 4 | 5): FormatRow {
  const half = 2 ** (bits - 1);
  const top = 2 * half - 1;
  const stepOf = (values: Float32Array, start: number, stop: number): number =>
    fround(extremeOf(values, start, stop) / -half);
  return {
    ...intCodes(bits),
    ...plain,
    id: `q${bits}_0`,
    label: `Q${bits}_0`,
    sentence:
      `GGUF's Q${bits}_0: whole numbers from -${half} to ${half - 1} times one f16 for 32 inputs, the element of largest magnitude on ` +
      `-${half}; codes are chosen before the scale is rounded, and halves go up, as ggml's reference does.`,
    asymmetric: false,
    padding: half,
    scales: symmetricStore,
    shader: intShader(bits, { ZERO: half }),
    largest: F16_MAX * half,
    file: fileBlocks(`Q${bits}_0`, { scales: 1, scaleBytes: 2, bits }),
    quantize: (kept, shape) =>
      stepCodes(kept, shape, (start, stop, codes) => {
        const step = stepOf(kept, start, stop);
        const inverse = reciprocal(step);
        for (let i = start; i < stop; i++) {
          const code = trunc(fround(fround((kept[i] ?? 0) * inverse) + (half + 0.5)));
          codes[i] = Math.min(code, top);
        }
        return step;
      }),
    errorBound: eachBlock((values, method) => {
      const step = stepOf(values, 0, values.length);
      const opposite = values.reduce((most, value) => Math.max(most, value * Math.sign(step)), 0);
      const clipped = opposite - (half - 1) * Math.abs(step);
      return worst(Math.max(Math.abs(step) / 2, clipped) + half * lost(step), values, method);
    }),
  };
}

/** q8_0: signed bytes, halves away from zero. */
const bytes: FormatRow = {
  ...intCodes(8),
  ...plain,
  id: "q8_0",
  label: "Q8_0",
  sentence:
    "GGUF's Q8_0: whole numbers from -127 to 127 times one f16 for 32 inputs, the largest magnitude on 127; codes are chosen before " +
    "the scale is rounded, and halves go away from zero, as ggml's reference does.",
  asymmetric: false,
  padding: 128,
  scales: symmetricStore,
  shader: intShader(8, { ZERO: 128 }),
  largest: F16_MAX * 127,
  file: fileBlocks("Q8_0", { scales: 1, scaleBytes: 2, bits: 8 }),
  quantize: (kept, shape) =>
    stepCodes(kept, shape, (start, stop, codes) => {
      const step = fround(largestOf(kept, start, stop) / 127);
      const inverse = reciprocal(step);
      for (let i = start; i < stop; i++) {
        const scaled = fround((kept[i] ?? 0) * inverse);
        codes[i] = 128 + trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
      }
      return step;
    }),
  errorBound: eachBlock((values, method) => {
    const step = fround(largestOf(values, 0, values.length) / 127);
    return worst(step / 2 + 127 * lost(step), values, method);
  }),
};

/** [group][quad] of 4 words: f16 scales of rows 0 1 | 2 3, then what is added to their codes. */
const minimumStore: ScaleStore = {
  files: ["lib/scale_min"],
  words: ({ quads, groups }) => groups * quads * 4,
  pack(tensors, { quads, groups }, words) {
    const halves = new Uint16Array(words.buffer);
    eachGroup(tensors, groups, ({ scales }, from, row, group) => {
      const to = minimumPlace(quads, row, group);
      halves[to] = scales?.[2 * from] ?? 0;
      halves[to + QUAD] = scales?.[2 * from + 1] ?? 0;
    });
  },
  unpack(words, { rows, quads, groups }) {
    const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
    const scales = new Uint16Array(2 * rows * groups);
    for (let row = 0; row < rows; row++) {
      for (let group = 0; group < groups; group++) {
        const from = minimumPlace(quads, row, group);
        scales[2 * (row * groups + group)] = halves[from] ?? 0;
        scales[2 * (row * groups + group) + 1] = halves[from + QUAD] ?? 0;
      }
    }
    return { scales };
  },
};

function minimumPlace(quads: number, row: number, group: number): number {
  return (group * quads + (row >> 2)) * 2 * QUAD + (row % QUAD);
}

/** q4_1, q5_1: from the least to the greatest element of a group, 0 in it or not. */
function fromMinimum(bits: 4 | 5): FormatRow {
  const top = 2 ** bits - 1;
  const { blocks, bits: width } = intCodes(bits);
  const { dp4a: _, bitserial: __, ...shader } = intShader(bits, { ZERO: 0 });
  const rangeOf = (values: Float32Array, start: number, stop: number) => {
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = start; i < stop; i++) {
      least = Math.min(least, values[i] ?? 0);
      most = Math.max(most, values[i] ?? 0);
    }
    return { least, step: fround(fround(most - least) / top) };
  };
  return {
    ...plain,
    id: `q${bits}_1`,
    label: `Q${bits}_1`,
    sentence:
      `GGUF's Q${bits}_1: whole numbers from 0 to ${top} times one f16 for 32 inputs, plus the group's least element as an f16; ` +
      "codes are chosen before both are rounded, and 0 is no level of its own.",
    bits: width,
    asymmetric: true,
    exactZero: false,
    padding: 0,
    blocks: { packed: blocks.packed },
    scales: minimumStore,
    shader,
    largest: F16_MAX,
    file: fileBlocks(`Q${bits}_1`, { scales: 2, scaleBytes: 2, bits }),
    quantize(kept, shape) {
      const codes = new Uint8Array(kept.length);
      const scales = new Uint16Array(2 * shape.rows * shape.groups);
      eachGroupOf(shape, (start, stop, at) => {
        const { least, step } = rangeOf(kept, start, stop);
        const inverse = reciprocal(step);
        scales[2 * at] = scaleBits(step);
        scales[2 * at + 1] = scaleBits(least);
        for (let i = start; i < stop; i++) {
          const scaled = fround(fround((kept[i] ?? 0) - least) * inverse);
          codes[i] = Math.min(trunc(fround(scaled + 0.5)), top);
        }
      });
      return { codes, scales };
    },
    // The product has at most 16 significant bits; the sum rounds once, fused or not.
    dequantize: (codes, shape) =>
      minimumValues(codes, shape, (step, code, least) => step * code + least),
    terms: (codes, shape): Terms => ({
      kept: minimumValues(codes, shape, (step, code, least) => step * code + Math.abs(least)),
      pruned: new Float32Array(0),
    }),
    errorBound: eachBlock((values, method) => {
      const { least, step } = rangeOf(values, 0, values.length);
      return worst(step / 2 + top * lost(step) + lost(least), values, method);
    }),
  };
}

function minimumValues(
  { codes, scales }: Codes,
  shape: GroupShape,
  value: (step: number, code: number, least: number) => number,
): Float32Array {
  const values = new Float32Array(codes.length);
  eachGroupOf(shape, (start, stop, at) => {
    const step = f16ToF32(scales?.[2 * at] ?? 0);
    const least = f16ToF32(scales?.[2 * at + 1] ?? 0);
    for (let i = start; i < stop; i++) values[i] = value(step, codes[i] ?? 0, least);
  });
  return values;
}

/** The bound of a row from that of its blocks. */
function eachBlock(bound: FormatRow["errorBound"]): FormatRow["errorBound"] {
  return (values, method) => {
    let most = 0;
    for (let at = 0; at < values.length; at += SIZE) {
      most = Math.max(most, bound(values.subarray(at, at + SIZE), method));
    }
    return most;
  };
}

/** What rounding to f16 takes from a step, or what is lost where its reciprocal would be no number. */
function lost(value: number): number {
  return Math.abs(f16ToF32(scaleBits(value)) - value) + 2 ** -126;
}

export const smallBlockRows: readonly FormatRow[] = [
  bytes,
  signedNibbles(5),
  fromMinimum(5),
  signedNibbles(4),
  fromMinimum(4),
  nonlinearRow,
];
