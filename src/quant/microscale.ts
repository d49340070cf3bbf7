import { packedCodec } from "./block.ts";
import { bookWays, E2M1_DOUBLED } from "./books.ts";
import { fileBlocks } from "./file-blocks.ts";
import { eachGroupOf, levelIntegers, levelValues } from "./groups.ts";
import { QUAD } from "./layout.ts";
import { largestOf, reciprocal } from "./scale-bits.ts";
import { eachGroup, gather } from "./scales.ts";
import { HEADER, writeSections } from "./sections.ts";
import type { Codes, FormatRow, ScaleStore } from "./types.ts";

const LARGEST = 2 ** 120;
const E2M1_MAX = 6;
const E4M3_MAX = 448;
const SIGN = 8;
/** Middles of the magnitudes; the code of the greater one is even or odd as the code of the place. */
const MIDDLES: readonly number[] = [0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5];

/** The e2m1 code nearest to a number, as IEEE rounds: a tie goes to the even code, what is beyond 6 becomes 6. */
export function encodeE2m1(value: number): number {
  const magnitude = Math.abs(value);
  let code = 0;
  for (const middle of MIDDLES) {
    if (magnitude > middle || (magnitude === middle && code % 2 === 1)) code++;
    else break;
  }
  // There is no use for a second zero.
  return value < 0 && code > 0 ? code | SIGN : code;
}

/** Twice the number that an e2m1 code stands for. */
export function doubledE2m1(code: number): number {
  const magnitude = E2M1_DOUBLED[code % SIGN] ?? 0;
  return code < SIGN ? magnitude : -magnitude;
}

/** The positive e4m3 nearest to a number, ties to even, at most 448. */
export function encodeE4m3(value: number): number {
  if (!(value > 0)) return 0;
  // Steps of 1/8 of the power of two below, and of 2^-9 at the lower end.
  const exponent = Math.max(-6, Math.floor(Math.log2(Math.min(value, E4M3_MAX))));
  const steps = roundEven(Math.min(value, E4M3_MAX) / 2 ** (exponent - 3));
  return (exponent + 6) * 8 + steps;
}

export function decodeE4m3(byte: number): number {
  const exponent = byte >> 3;
  const mantissa = byte & 7;
  return exponent === 0 ? mantissa * 2 ** -9 : (8 + mantissa) * 2 ** (exponent - 10);
}

function roundEven(value: number): number {
  const down = Math.floor(value);
  const rest = value - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
}

const doubledLevels = Int8Array.from({ length: 16 }, (_, code) => doubledE2m1(code));

/** What both have in common: e2m1 codes whose doubles are whole. */
const shared = {
  family: "microscaling",
  idea: "floats",
  bits: 4,
  groups: [],
  asymmetric: false,
  methods: ["rtn"],
  sparse: true,
  exactZero: true,
  padding: 0,
  blocks: { packed: packedCodec(4) },
  largest: LARGEST,
} as const;
const codeFiles = ["formats/int4", "lib/unpack"];

/** [group][quad] of e8m0 r0 r1 r2 r3. */
const e8m0Store: ScaleStore = {
  files: ["lib/scale_e8m0", "lib/scale_times"],
  words: ({ quads, groups }) => groups * quads,
  pack(tensors, { quads, groups }, words) {
    const bytes = new Uint8Array(words.buffer);
    eachGroup(tensors, groups, ({ scales }, from, row, group) => {
      bytes[group * quads * QUAD + row] = scales?.[from] ?? 0;
    });
  },
  unpack(words, shape) {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
    const scales = new Uint8Array(shape.rows * shape.groups);
    return { scales: gather(bytes, scales, shape, shape.quads * QUAD) };
  },
};

/** Half of the scale that an e8m0 byte stands for, as the levels are doubled; 0 is kept for groups of zeros. */
function halfScale({ scales }: Codes): (at: number) => number {
  return (at) => (scales?.[at] ? 2 ** ((scales[at] ?? 0) - 128) : 0);
}

/** The power of two below the group's largest magnitude, over that below e2m1's own. */
function e8m0Of(largest: number): number {
  if (largest === 0) return 0;
  const exponent = (new Uint32Array(Float32Array.of(largest).buffer)[0] ?? 0) >>> 23;
  // From 2 on, half of the scale is a normal f32.
  return Math.max(2, exponent - 2);
}

const mxfp4: FormatRow = {
  ...shared,
  id: "mxfp4",
  label: "mxfp4",
  fixedGroup: 32,
  sentence:
    "Floats e2m1 of 4 bits times a power of two for 32 inputs, chosen by the largest magnitude's own power, so that what " +
    "lies between 6 and 8 of it is cut off; ties round to the even code.",
  paper: "OCP Microscaling Formats (MX) Specification 1.0, 2023",
  scales: e8m0Store,
  // A byte of 0 or 1, which only a foreign file may hold, stands for 0 here: its scale would be no normal f32.
  file: fileBlocks("MXFP4", { scales: 1, scaleBytes: 1, bits: 4 }),
  shader: {
    unit: 32,
    spans: "int",
    codes: codeFiles,
    values: ["lib/values_levels", "formats/e2m1", "lib/signed_bytes"],
    ...bookWays("lib/values_book", "formats/e2m1_levels"),
    constants: { ZERO: 0 },
    dp4a: ["formats/e2m1"],
  },
  quantize(kept, shape) {
    const codes = new Uint8Array(kept.length);
    const scales = new Uint8Array(shape.rows * shape.groups);
    eachGroupOf(shape, (start, stop, at) => {
      const byte = e8m0Of(largestOf(kept, start, stop));
      scales[at] = byte;
      const inverse = 2 ** (127 - byte);
      for (let i = start; i < stop; i++) codes[i] = encodeE2m1((kept[i] ?? 0) * inverse);
    });
    return { codes, scales };
  },
  dequantize: (codes, shape) => levelValues(codes, shape, halfScale(codes), () => doubledLevels),
  integers: (codes, shape) => levelIntegers(codes, shape, halfScale(codes), () => doubledLevels),
  errorBound: (values) => 4 * 2 ** (e8m0Of(largestOf(values, 0, values.length)) - 128),
};

/** Header of sections, each with half the tensor's factor; [span of 32][quad] of 2 words: e4m3 of the first and the second 16, r0 r1 | r2 r3. */
const e4m3Store: ScaleStore = {
  files: ["lib/scale_e4m3", "lib/sections", "lib/scale_times"],
  begins: true,
  words: ({ quads, groups }) => HEADER + Math.ceil(groups / 2) * quads * 2,
  pack(tensors, { quads, groups }, words) {
    writeSections(tensors, words);
    const floats = new Float32Array(words.buffer);
    const bytes = new Uint8Array(words.buffer, 4 * HEADER);
    for (const [section, { factors }] of tensors.entries()) {
      floats[4 + section] = (factors?.[0] ?? 0) / 2;
    }
    eachGroup(tensors, groups, ({ scales }, from, row, group) => {
      bytes[e4m3Place(quads, row, group)] = scales?.[from] ?? 0;
    });
  },
  unpack(words, { rows, quads, groups }) {
    const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * HEADER);
    const [half = 0] = new Float32Array(words.buffer, words.byteOffset + 16, 1);
    const scales = new Uint8Array(rows * groups);
    for (let row = 0; row < rows; row++) {
      for (let group = 0; group < groups; group++) {
        scales[row * groups + group] = bytes[e4m3Place(quads, row, group)] ?? 0;
      }
    }
    return { scales, factors: Float32Array.of(2 * half) };
  },
};

function e4m3Place(quads: number, row: number, group: number): number {
  return ((group >> 1) * quads * QUAD + row) * 2 + (group & 1);
}

const nvfp4: FormatRow = {
  ...shared,
  id: "nvfp4",
  label: "nvfp4",
  fixedGroup: 16,
  sentence:
    "Floats e2m1 of 4 bits times an 8-bit float e4m3 for 16 inputs times one f32 for the matrix, which puts the largest " +
    "scale on e4m3's largest number; ties round to the even code.",
  paper: "Pretraining Large Language Models with NVFP4, 2025 (arXiv 2509.25149)",
  scales: e4m3Store,
  shader: {
    unit: 32,
    spans: "int",
    codes: codeFiles,
    values: ["formats/nvfp4", "lib/plain_levels", "formats/e2m1", "lib/signed_bytes"],
    ...bookWays("formats/nvfp4", "formats/e2m1_levels"),
    constants: { ZERO: 0 },
  },
  quantize(kept, shape) {
    const codes = new Uint8Array(kept.length);
    const scales = new Uint8Array(shape.rows * shape.groups);
    const factor = tensorFactor(largestOf(kept, 0, kept.length));
    const toScale = reciprocal(factor) / E2M1_MAX;
    eachGroupOf(shape, (start, stop, at) => {
      const byte = encodeE4m3(largestOf(kept, start, stop) * toScale);
      scales[at] = byte;
      const inverse = reciprocal(Math.fround(decodeE4m3(byte) * factor));
      for (let i = start; i < stop; i++)
        codes[i] = encodeE2m1(Math.fround((kept[i] ?? 0) * inverse));
    });
    return { codes, scales, factors: Float32Array.of(factor) };
  },
  dequantize(codes, shape) {
    const half = (codes.factors?.[0] ?? 0) / 2;
    const values = levelValues(
      codes,
      shape,
      (at) => decodeE4m3(codes.scales?.[at] ?? 0),
      () => doubledLevels,
    );
    // Level times scale has 8 bits; the factor enters last and rounds once.
    return values.map((value) => value * half);
  },
  // Half of e2m1's widest gap with a scale rounded up by 1/16; where the factor vanishes, everything.
  errorBound(values) {
    const largest = largestOf(values, 0, values.length);
    return Math.max((largest / E2M1_MAX) * 1.07, tensorFactor(largest) === 0 ? largest : 0);
  },
};

/** Below, half of it would be no normal f32. */
function tensorFactor(largest: number): number {
  const factor = Math.fround(largest / (E2M1_MAX * E4M3_MAX));
  return factor < 2 ** -125 ? 0 : factor;
}

export const microscaleRows: readonly FormatRow[] = [mxfp4, nvfp4];
