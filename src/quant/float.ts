import { F16_MAX, f16ArrayToF32, f32ArrayToF16 } from "../lib/f16.ts";
import type { FormatRow } from "./types.ts";

const f32: FormatRow = {
  id: "f32",
  family: "float",
  bits: 32,
  grouped: false,
  asymmetric: false,
  hooks: "f32",
  blockWords: 32,
  chunkWords: 4,
  largest: 2 ** 128 - 2 ** 104,
  label: "f32",
  sentence: "The weights as they are, in 32-bit floating point.",
  paper: "IEEE 754 binary32",
  encodeFloats: (values) => values,
  decodeFloats: (codes) => Float32Array.from(codes),
  errorBound: () => 0,
};

const f16: FormatRow = {
  id: "f16",
  family: "float",
  bits: 16,
  grouped: false,
  asymmetric: false,
  hooks: "f16",
  blockWords: 16,
  chunkWords: 4,
  largest: F16_MAX,
  label: "f16",
  sentence:
    "Each weight rounded to the nearest 16-bit float, halves to even; subnormals are kept, and a " +
    "weight beyond 65504 is refused rather than turned into infinity.",
  paper: "IEEE 754 binary16",
  encodeFloats: (values) => f32ArrayToF16(values),
  decodeFloats: (codes) =>
    codes instanceof Uint16Array ? f16ArrayToF32(codes) : Float32Array.from(codes),
  // Half a unit in the last of 11 significant bits, or half a subnormal step.
  errorBound: (values) => Math.max(largestMagnitude(values) * 2 ** -11, 2 ** -25),
};

export const floatRows: readonly FormatRow[] = [f32, f16];

function largestMagnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
