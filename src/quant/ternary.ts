import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { meanOf } from "./bipolar.ts";
import { planesCodec } from "./block.ts";
import { eachGroupOf, levelIntegers, levelValues } from "./groups.ts";
import { largestOf, reciprocal, scaleBits, worst } from "./scale-bits.ts";
import { f16Store } from "./scales.ts";
import { HEADER, writeSections } from "./sections.ts";
import {
  type BlockCodec,
  type Codes,
  type FormatRow,
  groupNames,
  type ScaleStore,
} from "./types.ts";

/** Digits of a word, the most that base 3 allows, and words of the least block that whole spans of 32 fill. */
const DIGITS = 20;
const WORDS = 8;
/** Level of a code: bits 0 and 1 say that it is 1 and -1, so that planes of codes are those of ternary kernels. */
const LEVELS = Int8Array.of(0, 1, -1);
/** Share of the mean magnitude below which a weight becomes 0, near the best for normal weights. */
const THRESHOLD = 0.7;

/** Twenty levels in a word: Σ (level + 1) 3^k. */
const tritCodec: BlockCodec = {
  elements: DIGITS * WORDS,
  codes: DIGITS * WORDS,
  type: "u8",
  words: WORDS,
  chunkWords: 1,
  laneWords: (DIGITS * WORDS) / 4,
  encode(lanes, words) {
    for (let w = 0; w < WORDS; w++) {
      let word = 0;
      for (let k = DIGITS - 1; k >= 0; k--) {
        const at = w * DIGITS + k;
        const code = ((lanes[at >> 2] ?? 0) >>> (8 * (at & 3))) & 3;
        word = word * 3 + (LEVELS[code] ?? 0) + 1;
      }
      words[w] = word;
    }
  },
  decode(words, lanes) {
    lanes.fill(0);
    for (let w = 0; w < WORDS; w++) {
      let word = words[w] ?? 0;
      for (let k = 0; k < DIGITS; k++) {
        const at = w * DIGITS + k;
        const code = ((word % 3) + 2) % 3;
        lanes[at >> 2] = (lanes[at >> 2] ?? 0) | (code << (8 * (at & 3)));
        word = Math.floor(word / 3);
      }
    }
  },
};

/** Header of sections, each with its f32 scale. */
const tensorStore: ScaleStore = {
  files: ["lib/scale_tensor", "lib/sections", "lib/scale_times"],
  begins: true,
  words: () => HEADER,
  pack(tensors, _, words) {
    const floats = new Float32Array(words.buffer);
    writeSections(tensors, words);
    for (const [section, { factors }] of tensors.entries()) {
      floats[4 + section] = factors?.[0] ?? 0;
    }
  },
  unpack: (words) => ({
    factors: new Float32Array(words.buffer, words.byteOffset, words.length).slice(4, 5),
  }),
};

const shared = {
  family: "ternary",
  idea: "binary and ternary",
  bits: 2,
  asymmetric: false,
  methods: ["rtn"],
  sparse: false,
  exactZero: true,
  padding: 0,
  blocks: { packed: tritCodec, planes: planesCodec(2) },
  shader: {
    unit: 32,
    spans: "own",
    codes: ["formats/ternary"],
    values: [],
    constants: {},
    dp4a: [],
    bitserial: ["lib/planes", "lib/dot_ternary", "lib/met_planes"],
  },
} as const;

/** Whole matrix, one scale: what TriLM trains with. */
const absmean: FormatRow = {
  ...shared,
  id: "ternary",
  label: "ternary",
  groups: [],
  sentence:
    "Levels -1, 0 and 1 times the mean magnitude of the whole matrix, a weight up to half of it becoming 0; twenty to a word. " +
    "A rule to train with: rounded to it afterwards, a model is destroyed.",
  paper: "Spectra: TriLM, 2024 (arXiv 2407.12327)",
  largest: 2 ** 120,
  scales: tensorStore,
  quantize(kept) {
    const scale = absmeanOf(kept);
    const inverse = reciprocal(scale);
    const codes = new Uint8Array(kept.length);
    for (let i = 0; i < kept.length; i++) {
      const level = roundFast(Math.max(-1, Math.min(Math.fround((kept[i] ?? 0) * inverse), 1)));
      codes[i] = level < 0 ? 2 : level;
    }
    return { codes, factors: Float32Array.of(scale) };
  },
  dequantize: (codes, shape) => levelValues(codes, shape, tensorScale(codes), () => LEVELS),
  integers: (codes, shape) => levelIntegers(codes, shape, tensorScale(codes), () => LEVELS),
  errorBound(values, method) {
    const largest = largestOf(values, 0, values.length);
    const scale = absmeanOf(values);
    const inverse = reciprocal(scale);
    return worst(inverse === 0 ? largest : Math.max(scale / 2, largest - scale), values, method);
  },
};

const grouped: FormatRow = {
  ...shared,
  id: "twn",
  stem: "ternary",
  label: "ternary by group",
  groups: groupNames,
  sentence:
    "Levels -1, 0 and 1 times one scale per group, the mean of the magnitudes above 0.7 of the group's mean; the others " +
    "become 0; twenty to a word.",
  paper: "Ternary Weight Networks, 2016 (arXiv 1605.04711)",
  largest: F16_MAX,
  scales: f16Store(["lib/scale_f16", "lib/scale_times"]),
  quantize(kept, shape) {
    const codes = new Uint8Array(kept.length);
    const scales = new Uint16Array(shape.rows * shape.groups);
    eachGroupOf(shape, (start, stop, at) => {
      const { threshold, scale } = survivors(kept, start, stop);
      for (let i = start; i < stop; i++) {
        const value = kept[i] ?? 0;
        codes[i] = value > threshold ? 1 : value < -threshold ? 2 : 0;
      }
      scales[at] = scale;
    });
    return { codes, scales };
  },
  dequantize: (codes, shape) => levelValues(codes, shape, groupScale(codes), () => LEVELS),
  integers: (codes, shape) => levelIntegers(codes, shape, groupScale(codes), () => LEVELS),
  errorBound(values, method) {
    const { threshold, scale } = survivors(values, 0, values.length);
    const step = f16ToF32(scale);
    const largest = largestOf(values, 0, values.length);
    return worst(Math.max(threshold, step - threshold, largest - step), values, method);
  },
};

export const ternaryRows: readonly FormatRow[] = [absmean, grouped];

function absmeanOf(values: Float32Array): number {
  return Math.fround(meanOf(values, 0, values.length));
}

/** What becomes 0, and the mean magnitude of the others as f16 bits. */
function survivors(values: Float32Array, start: number, stop: number) {
  const threshold = THRESHOLD * meanOf(values, start, stop);
  let [sum, count] = [0, 0];
  for (let i = start; i < stop; i++) {
    const magnitude = Math.abs(values[i] ?? 0);
    if (magnitude <= threshold) continue;
    sum += magnitude;
    count++;
  }
  return { threshold, scale: scaleBits(count === 0 ? 0 : sum / count) };
}

function tensorScale({ factors }: Codes): () => number {
  return () => factors?.[0] ?? 0;
}

function groupScale({ scales }: Codes): (at: number) => number {
  return (at) => f16ToF32(scales?.[at] ?? 0);
}
