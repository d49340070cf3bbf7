import { F16_MAX } from "../lib/f16.ts";
import { nativeCodec } from "./block.ts";
import { GGUF } from "./file-blocks.ts";
import { largestOf } from "./scale-bits.ts";
import * as decode from "./superblock-decode.ts";
import * as encode from "./superblock-encode.ts";
import type { Codes, FormatRow, GroupShape } from "./types.ts";

// GGUF's blocks of 256 values, with scales of their own in integers. Their bytes go to the device as a file has them.

const SIZE = 256;

interface Kind {
  readonly bits: number;
  readonly bytes: number;
  /** Words a load takes: four where a block of whole loads is no larger than the file's by more than 2 %. */
  readonly chunkWords: 1 | 2 | 4;
  readonly levels: boolean;
  /** Shader files beside its own. */
  readonly files: readonly string[];
  readonly decode: (bytes: Uint8Array, out: Float32Array) => void;
  readonly encode: encode.BlockEncoder;
  readonly what: string;
  /** Of the largest magnitude in a block. */
  readonly reach: number;
}

const whatOfLines = (codes: string, size: number, bits: number): string =>
  `whole numbers ${codes} for ${size} inputs times a scale, less a minimum, both of ${bits} bits times one f16 each for 256 inputs; the ` +
  "line through each group's codes that fits best is chosen as ggml's reference does, and 0 is no level of its own";
const whatOfLevels = (codes: string, bits: number): string =>
  `whole numbers ${codes} for 16 inputs times a signed scale of ${bits} bits times one f16 for 256 inputs; scales are chosen as ggml's ` +
  "reference does, large weights counting more";

const kinds: readonly Kind[] = [
  {
    bits: 6,
    bytes: 210,
    chunkWords: 1,
    levels: true,
    files: ["lib/signed_bytes"],
    decode: decode.decodeQ6_K,
    encode: encode.encodeQ6_K,
    what: whatOfLevels("from -32 to 31", 8),
    reach: 0.1,
  },
  {
    bits: 5,
    bytes: 176,
    chunkWords: 4,
    levels: false,
    files: ["lib/six_bits"],
    decode: decode.decodeQ5_K,
    encode: encode.encodeQ5_K,
    what: whatOfLines("from 0 to 31", 32, 6),
    reach: 0.35,
  },
  {
    bits: 4,
    bytes: 144,
    chunkWords: 4,
    levels: false,
    files: ["lib/six_bits"],
    decode: decode.decodeQ4_K,
    encode: encode.encodeQ4_K,
    what: whatOfLines("from 0 to 15", 32, 6),
    reach: 0.35,
  },
  {
    bits: 3,
    bytes: 110,
    chunkWords: 4,
    levels: true,
    files: [],
    decode: decode.decodeQ3_K,
    encode: encode.encodeQ3_K,
    what: whatOfLevels("from -4 to 3", 6),
    reach: 0.35,
  },
  {
    bits: 2,
    bytes: 84,
    chunkWords: 1,
    levels: false,
    files: [],
    decode: decode.decodeQ2_K,
    encode: encode.encodeQ2_K,
    what: whatOfLines("from 0 to 3", 16, 4),
    reach: 0.7,
  },
];

export const superblockRows: readonly FormatRow[] = kinds.map((kind) => {
  const { bits, bytes, chunkWords, levels, files, what, reach } = kind;
  return {
    id: `q${bits}_k`,
    family: "gguf-k",
    idea: "blocks of GGUF files",
    bits,
    groups: [],
    fixedGroup: SIZE,
    asymmetric: !levels,
    methods: ["rtn"],
    sparse: false,
    label: `Q${bits}_K`,
    sentence: `GGUF's Q${bits}_K: ${what}.`,
    paper: GGUF,
    largest: F16_MAX,
    exactZero: levels,
    padding: 0,
    blocks: { packed: nativeCodec(SIZE, bytes, chunkWords) },
    scales: null,
    shader: {
      unit: 64,
      spans: "own",
      codes: [`formats/q${bits}_k`, "lib/superblock", ...files],
      values: [],
      constants: {},
    },
    file: { type: `Q${bits}_K`, elements: SIZE, bytes, codesOf: (codes) => ({ codes }) },
    quantize: (kept, shape) => quantize(kind, kept, shape),
    dequantize: (codes, shape) => dequantize(kind, codes, shape),
    // What is below half of f16's least number vanishes, as often as codes and whole scales have it.
    errorBound: (values) => largestOf(values, 0, values.length) * reach + 2 ** (bits - 19),
  };
});

/** Blocks of a row; the last one is filled up with zeros. */
function blocksOf({ width }: GroupShape): number {
  return Math.ceil(width / SIZE);
}

function quantize({ bytes, encode }: Kind, kept: Float32Array, shape: GroupShape): Codes {
  const blocks = blocksOf(shape);
  const codes = new Uint8Array(shape.rows * blocks * bytes);
  const values = new Float32Array(SIZE);
  for (let block = 0; block < shape.rows * blocks; block++) {
    const row = Math.floor(block / blocks);
    const from = row * shape.width + (block % blocks) * SIZE;
    const own = kept.subarray(from, Math.min(from + SIZE, (row + 1) * shape.width));
    values.set(own);
    values.fill(0, own.length);
    encode(values, codes.subarray(block * bytes, (block + 1) * bytes));
  }
  return { codes };
}

function dequantize({ decode }: Kind, { codes }: Codes, shape: GroupShape): Float32Array {
  const { rows, width } = shape;
  const blocks = blocksOf(shape);
  const padded = new Float32Array(rows * blocks * SIZE);
  decode(codes instanceof Uint8Array ? codes : Uint8Array.from(codes), padded);
  if (width === blocks * SIZE) return padded;
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const from = row * blocks * SIZE;
    values.set(padded.subarray(from, from + width), row * width);
  }
  return values;
}
