import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { eachGroupOf } from "./groups.ts";
import { QUAD } from "./layout.ts";
import { largestOf, reciprocal, scaleBits, worst } from "./scale-bits.ts";
import { eachGroup, gather } from "./scales.ts";
import {
  type BlockCodec,
  type Codes,
  type FormatRow,
  type GroupShape,
  groupNames,
  type ScaleStore,
} from "./types.ts";

/** Inputs among which the salient ones are chosen: the least that makes each share of them whole words of bytes. */
const BLOCK = 160;
const PLANE_WORDS = BLOCK / 32;
/** Codes are 0 and 1 for the signs of binary weights, and this with a signed byte for salient ones. */
const SALIENT = 0x100;
const TOP = 127;

const shares = [
  { id: "pb", percent: 10, bits: 3 },
  { id: "pb5", percent: 5, bits: 2 },
  { id: "pb20", percent: 20, bits: 4 },
] as const;

function rowOf({ id, percent, bits }: (typeof shares)[number]): FormatRow {
  const share = percent / 100;
  const byteWords = (BLOCK * percent) / 400;
  return {
    id,
    family: "partial",
    idea: "mixed",
    bits,
    groups: groupNames,
    asymmetric: false,
    methods: ["rtn"],
    sparse: false,
    exactZero: false,
    padding: 0,
    label: `partly binary, ${percent} %`,
    sentence:
      `The ${percent} % of largest magnitude among ${BLOCK} inputs, the first of equals, keep 8 bits, whole numbers up to ${TOP} times an f16 ` +
      "of their row, and a bitmap says which; of the others only signs are kept, 0 being positive, times their mean magnitude in the group.",
    paper: "PB-LLM, ICLR 2024 (arXiv 2310.00034)",
    largest: F16_MAX,
    blocks: { packed: partialCodec(byteWords) },
    scales: partialStore,
    shader: {
      unit: 32,
      spans: "own",
      codes: ["formats/pb"],
      values: [],
      constants: { BYTE_WORDS: byteWords },
    },
    quantize: (kept, shape) => quantize(kept, shape, share),
    dequantize,
    errorBound(values, method) {
      const marks = new Uint8Array(values.length);
      markSalient(values, marks, 0, values.length, share);
      const largest = largestOf(values, 0, values.length);
      const others = largestOf(
        values.filter((_, i) => !marks[i]),
        0,
        values.length,
      );
      const factor = f16ToF32(scaleBits(largest / TOP));
      // A mean magnitude rounds up by less than a subnormal step or 2^-11 of itself.
      const binary = others * (1 + 2 ** -11) + 2 ** -25;
      return worst(Math.max(binary, factor / 2, largest - TOP * factor), values, method);
    },
  };
}

/** Five words of signs, five that mark salient weights, and the salient bytes in their order. */
function partialCodec(byteWords: number): BlockCodec {
  const firstByte = 2 * PLANE_WORDS;
  return {
    elements: BLOCK,
    codes: BLOCK,
    type: "u16",
    words: firstByte + byteWords,
    chunkWords: 1,
    laneWords: BLOCK / 2,
    encode(lanes, words) {
      words.fill(0);
      let rank = 0;
      for (let e = 0; e < BLOCK; e++) {
        const code = ((lanes[e >> 1] ?? 0) >>> (16 * (e & 1))) & 0xffff;
        const [plane, bit] = [e >> 5, e & 31];
        if (code < SALIENT) words[plane] = (words[plane] ?? 0) | (code << bit);
        else {
          words[PLANE_WORDS + plane] = (words[PLANE_WORDS + plane] ?? 0) | (1 << bit);
          const word = firstByte + (rank >> 2);
          words[word] = (words[word] ?? 0) | ((code & 0xff) << (8 * (rank & 3)));
          rank++;
        }
      }
    },
    decode(words, lanes) {
      lanes.fill(0);
      let rank = 0;
      for (let e = 0; e < BLOCK; e++) {
        const [plane, bit] = [e >> 5, e & 31];
        let code = ((words[plane] ?? 0) >>> bit) & 1;
        if (((words[PLANE_WORDS + plane] ?? 0) >>> bit) & 1) {
          code = SALIENT | (((words[firstByte + (rank >> 2)] ?? 0) >>> (8 * (rank & 3))) & 0xff);
          rank++;
        }
        lanes[e >> 1] = (lanes[e >> 1] ?? 0) | (code << (16 * (e & 1)));
      }
    },
  };
}

/** [group][quad] of 2 words, f16 of rows 0 1 | 2 3, and behind the last group the rows' scales alike. */
const partialStore: ScaleStore = {
  files: ["lib/keys_salient", "lib/scale_keys"],
  words: ({ quads, groups }) => (groups + 1) * quads * 2,
  pack(tensors, { quads, groups }, words) {
    const halves = new Uint16Array(words.buffer);
    const line = quads * QUAD;
    eachGroup(tensors, groups, ({ scales, factors }, from, row, group) => {
      halves[group * line + row] = scales?.[from] ?? 0;
      halves[groups * line + row] = scaleBits(factors?.[Math.floor(from / groups)] ?? 0);
    });
  },
  unpack(words, shape) {
    const { rows, quads, groups } = shape;
    const line = quads * QUAD;
    const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
    return {
      scales: gather(halves, new Uint16Array(rows * groups), shape, line),
      factors: Float32Array.from(halves.subarray(groups * line, groups * line + rows), f16ToF32),
    };
  },
};

export const partialRows: readonly FormatRow[] = shares.map(rowOf);

function quantize(kept: Float32Array, shape: GroupShape, share: number): Codes {
  const { rows, width, groups } = shape;
  const codes = new Uint16Array(kept.length);
  const marks = new Uint8Array(kept.length);
  const factors = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [start, stop] = [row * width, (row + 1) * width];
    markSalient(kept, marks, start, stop, share);
    const factor = f16ToF32(scaleBits(largestOf(kept, start, stop) / TOP));
    const inverse = reciprocal(factor);
    factors[row] = factor;
    for (let i = start; i < stop; i++) {
      if (!marks[i]) continue;
      const level = roundFast(Math.fround((kept[i] ?? 0) * inverse));
      codes[i] = SALIENT | (Math.max(-TOP, Math.min(level, TOP)) & 0xff);
    }
  }
  const scales = new Uint16Array(rows * groups);
  eachGroupOf(shape, (start, stop, at) => {
    let [sum, count] = [0, 0];
    for (let i = start; i < stop; i++) {
      if (marks[i]) continue;
      const value = kept[i] ?? 0;
      codes[i] = value >= 0 ? 1 : 0;
      sum += Math.abs(value);
      count++;
    }
    scales[at] = scaleBits(count === 0 ? 0 : sum / count);
  });
  return { codes, scales, factors };
}

function dequantize({ codes, scales, factors }: Codes, shape: GroupShape): Float32Array {
  const values = new Float32Array(shape.rows * shape.width);
  eachGroupOf(shape, (start, stop, at, row) => {
    const mean = f16ToF32(scales?.[at] ?? 0);
    const factor = factors?.[row] ?? 0;
    for (let i = start; i < stop; i++) {
      const code = codes[i] ?? 0;
      if (code < SALIENT) values[i] = code === 1 ? mean : -mean;
      // The product of a byte and an f16 is exact.
      else values[i] = ((code << 24) >> 24) * factor;
    }
  });
  return values;
}

const sorted = new Float32Array(BLOCK);

/** Marks the share of largest magnitudes in each 160 of values[start, stop), of equals the first. */
function markSalient(
  values: Float32Array,
  marks: Uint8Array,
  start: number,
  stop: number,
  share: number,
): void {
  for (let from = start; from < stop; from += BLOCK) {
    const to = Math.min(from + BLOCK, stop);
    const count = Math.round((to - from) * share);
    if (count === 0) continue;
    const block = sorted.subarray(0, to - from);
    for (let i = from; i < to; i++) block[i - from] = Math.abs(values[i] ?? 0);
    block.sort();
    const threshold = block[block.length - count] ?? 0;
    let equal = count;
    for (let i = from; i < to; i++) if (Math.abs(values[i] ?? 0) > threshold) equal--;
    for (let i = from; i < to; i++) {
      const magnitude = Math.abs(values[i] ?? 0);
      if (magnitude > threshold || (magnitude === threshold && equal-- > 0)) marks[i] = 1;
    }
  }
}
