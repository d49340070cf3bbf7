import { f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { reciprocal, scaleBits } from "./scale-bits.ts";
import { clamp, fitLine, fitScale, refineScale, type Search } from "./superblock-fit.ts";

// 256 values to the bytes of a block, for the layouts of superblock-decode.ts.

/** Writes the block of values[0, 256) to zeroed bytes. */
export type BlockEncoder = (values: Float32Array, bytes: Uint8Array) => void;

const SIZE = 256;
const codes = new Uint8Array(SIZE);
const weights = new Float32Array(32);
const fits = Array.from({ length: 16 }, () => ({ scale: 0, least: 0 }));

export const encodeQ2_K: BlockEncoder = (values, bytes) => {
  const search = { top: 3, first: -0.5, delta: 0.1, tries: 15, absolute: true };
  const parts = encodeLines(values, bytes, 80, 16, 15, search, (from) => {
    for (let i = 0; i < 16; i++) weights[i] = Math.abs(values[from + i] ?? 0);
  });
  for (const [part, { scale, least }] of parts.entries()) bytes[part] = scale | (least << 4);
  putPairs(bytes, 16);
};

export const encodeQ4_K: BlockEncoder = (values, bytes) => {
  const search = { top: 15, first: -1, delta: 0.1, tries: 20, absolute: false };
  putSixBits(bytes, 4, encodeLines(values, bytes, 0, 32, 63, search, aboutTheSame(values)));
  putNibbles(bytes, 16);
};

export const encodeQ5_K: BlockEncoder = (values, bytes) => {
  const search = { top: 31, first: -0.5, delta: 0.1, tries: 15, absolute: false };
  putSixBits(bytes, 4, encodeLines(values, bytes, 0, 32, 63, search, aboutTheSame(values)));
  putNibbles(bytes, 48);
  putTopBits(bytes, 16, 4);
};

export const encodeQ3_K: BlockEncoder = (values, bytes) => {
  const scales = encodeLevels(values, bytes, 108, 4, -32, refineScale);
  for (let part = 0; part < 16; part++) {
    const scale = (scales[part] ?? 0) + 32;
    add(bytes, 96 + (part & 7), (scale & 15) << (part < 8 ? 0 : 4));
    add(bytes, 104 + (part & 3), (scale >> 4) << (2 * (part >> 2)));
  }
  putPairs(bytes, 32);
  putTopBits(bytes, 0, 2);
};

export const encodeQ6_K: BlockEncoder = (values, bytes) => {
  bytes.set(new Uint8Array(encodeLevels(values, bytes, 208, 32, -128, fitScale).buffer), 192);
  for (let i = 0; i < SIZE; i++) {
    const [half, row, byte, code] = [i >> 7, (i >> 5) & 3, i & 31, codes[i] ?? 0];
    add(bytes, 64 * half + 32 * (row & 1) + byte, (code & 15) << (4 * (row >> 1)));
    add(bytes, 128 + 32 * half + byte, (code >> 4) << (2 * row));
  }
};

/** Magnitudes of weights count, but small ones too. */
function aboutTheSame(values: Float32Array): (from: number) => void {
  return (from) => {
    let squares = 0;
    for (let i = 0; i < 32; i++) squares += (values[from + i] ?? 0) ** 2;
    const usual = Math.sqrt(squares / 32);
    for (let i = 0; i < 32; i++) weights[i] = usual + Math.abs(values[from + i] ?? 0);
  };
}

/**
 * Codes of values scale * code - minimum, where both are whole numbers up to `most` times one f16 each of the block, at `at` and behind it.
 * Returns those numbers.
 */
function encodeLines(
  values: Float32Array,
  bytes: Uint8Array,
  at: number,
  size: number,
  most: number,
  search: Search,
  weigh: (from: number) => void,
): readonly { readonly scale: number; readonly least: number }[] {
  const parts = fits.slice(0, SIZE / size);
  for (let part = 0; part < parts.length; part++) {
    weigh(part * size);
    parts[part] = fitLine(values, weights, part * size, (part + 1) * size, search);
  }
  const step = putStep(bytes, at, Math.max(...parts.map(({ scale }) => scale)), most);
  const leastStep = putStep(bytes, at + 2, Math.max(...parts.map(({ least }) => least)), most);
  return parts.map((part, p) => {
    const scale = Math.min(roundFast(part.scale * step.inverse), most);
    const least = Math.min(roundFast(part.least * leastStep.inverse), most);
    const inverse = reciprocal(step.size * scale);
    const offset = leastStep.size * least;
    for (let i = p * size; i < (p + 1) * size; i++) {
      const code = roundFast(((values[i] ?? 0) + offset) * inverse);
      codes[i] = Math.max(0, Math.min(code, search.top));
    }
    return { scale, least };
  });
}

/** The f16 of which the greatest number is `most` times as much, and what others are multiplied by to become whole. */
function putStep(bytes: Uint8Array, at: number, greatest: number, most: number) {
  const size = putHalf(bytes, at, greatest / most);
  return { size, inverse: greatest > 0 ? most / greatest : 0 };
}

/**
 * Codes of values scale * (code - half) in sub-blocks of 16, the scale a whole number times the block's f16 at `at`; the scale of largest
 * magnitude becomes `lowest`. Returns the whole numbers.
 */
function encodeLevels(
  values: Float32Array,
  bytes: Uint8Array,
  at: number,
  half: number,
  lowest: number,
  choose: (values: Float32Array, start: number, stop: number, half: number) => number,
): Int8Array {
  const found = new Float64Array(16);
  const scales = new Int8Array(16);
  let most = 0;
  for (let part = 0; part < 16; part++) {
    const scale = choose(values, part * 16, (part + 1) * 16, half);
    found[part] = scale;
    if (Math.abs(scale) > Math.abs(most)) most = scale;
  }
  const step = putHalf(bytes, at, most / lowest);
  for (let part = 0; part < 16; part++) {
    const scale = most === 0 ? 0 : clamp(roundFast(((found[part] ?? 0) * lowest) / most), -lowest);
    scales[part] = scale;
    const inverse = reciprocal(step * scale);
    // Where the scale is 0, codes say nothing, and the reference has none.
    codes.fill(0, part * 16, (part + 1) * 16);
    for (let i = part * 16; i < (part + 1) * 16 && inverse !== 0; i++) {
      codes[i] = clamp(roundFast((values[i] ?? 0) * inverse), half) + half;
    }
  }
  return scales;
}

function putHalf(bytes: Uint8Array, at: number, value: number): number {
  const bits = scaleBits(value);
  bytes[at] = bits;
  bytes[at + 1] = bits >> 8;
  return f16ToF32(bits);
}

function add(bytes: Uint8Array, at: number, bits: number): void {
  bytes[at] = (bytes[at] ?? 0) | bits;
}

/** Low two bits: 32 neighbours in 32 bytes, four rows deep. */
function putPairs(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < SIZE; i++) {
    add(bytes, at + 32 * (i >> 7) + (i & 31), ((codes[i] ?? 0) & 3) << (2 * ((i >> 5) & 3)));
  }
}

/** Low four bits: 32 neighbours in 32 bytes, two rows deep. */
function putNibbles(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < SIZE; i++) {
    add(bytes, at + 32 * (i >> 6) + (i & 31), ((codes[i] ?? 0) & 15) << (4 * ((i >> 5) & 1)));
  }
}

/** Bit `bit`: 32 neighbours in 32 bytes, eight rows deep. */
function putTopBits(bytes: Uint8Array, at: number, bit: number): void {
  for (let i = 0; i < SIZE; i++)
    add(bytes, at + (i & 31), (((codes[i] ?? 0) >> bit) & 1) << (i >> 5));
}

/** Eight scales and eight minima of six bits in twelve bytes, as superblock-decode.ts reads them. */
function putSixBits(
  bytes: Uint8Array,
  at: number,
  parts: readonly { readonly scale: number; readonly least: number }[],
): void {
  for (const [part, { scale, least }] of parts.entries()) {
    if (part < 4) {
      add(bytes, at + part, scale);
      add(bytes, at + 4 + part, least);
    } else {
      add(bytes, at + 4 + part, (scale & 15) | ((least & 15) << 4));
      add(bytes, at + part - 4, (scale >> 4) << 6);
      add(bytes, at + part, (least >> 4) << 6);
    }
  }
}
