import { F16_MAX, f16ArrayToF32, f32ArrayToF16 } from "../lib/f16.ts";
import { floatCodec } from "./block.ts";
import type { FormatRow } from "./types.ts";

/** What rows without scales have in common. */
const plain = {
  family: "float",
  idea: "floats",
  groups: [],
  asymmetric: false,
  methods: ["rtn"],
  sparse: true,
  exactZero: true,
  padding: 0,
  scales: null,
  packer: { files: ["lib/range_none"], constants: {} },
} as const;

const f32: FormatRow = {
  ...plain,
  id: "f32",
  bits: 32,
  blocks: { packed: floatCodec("f32") },
  shader: { unit: 4, spans: "float", codes: ["formats/f32"], values: [], constants: {} },
  largest: 2 ** 128 - 2 ** 104,
  label: "f32",
  sentence: "The weights as they are, in 32-bit floating point.",
  paper: "IEEE 754 binary32",
  quantize: (kept) => ({ codes: kept }),
  dequantize: ({ codes }) => Float32Array.from(codes),
  errorBound: () => 0,
};

const f16: FormatRow = {
  ...plain,
  id: "f16",
  bits: 16,
  blocks: { packed: floatCodec("u16") },
  shader: {
    unit: 8,
    spans: "float",
    codes: ["formats/f16"],
    codesF16: ["formats/f16_native"],
    values: [],
    constants: {},
  },
  largest: F16_MAX,
  label: "f16",
  sentence:
    "Each weight rounded to the nearest 16-bit float, halves to even; subnormals are kept, and a " +
    "weight beyond 65504 is refused rather than turned into infinity.",
  paper: "IEEE 754 binary16",
  quantize: (kept) => ({ codes: f32ArrayToF16(kept) }),
  dequantize: ({ codes }) =>
    codes instanceof Uint16Array ? f16ArrayToF32(codes) : Float32Array.from(codes),
  // Half a unit in the last of 11 significant bits, or half a subnormal step.
  errorBound: (values) => Math.max(largestMagnitude(values) * 2 ** -11, 2 ** -25),
};

export const floatRows: readonly FormatRow[] = [f32, f16];

function largestMagnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
