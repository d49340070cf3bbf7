import { half16 } from "../lib/f16.ts";

// GGUF's blocks of 256 values: sub-blocks of 16 or 32 with small integer scales of their own under one f16 scale. Each product is
// rounded to float32 where ggml stores it; all of them fit, so that it makes no difference whether a GPU fuses them with the minimum.

const size = 256;
const { fround } = Math;

/**
 * Sixteen bytes of 4-bit scale and 4-bit minimum for 16 values each, 64 bytes of 2-bit codes, f16
 * scale, f16 minimum; value d s q - dmin m. Codes of 32 neighbours lie in 32 bytes, four rows deep.
 */
export function decodeQ2_K(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 84, to += size) {
    const d = half16(bytes, at + 80);
    const dmin = half16(bytes, at + 82);
    for (let part = 0; part < 16; part++) {
      const scale = bytes[at + part] ?? 0;
      const dl = fround(d * (scale & 15));
      const ml = fround(dmin * (scale >> 4));
      const from = at + 16 + twoBitByte(part);
      for (let i = 0; i < 16; i++) {
        const q = ((bytes[from + i] ?? 0) >> twoBitShift(part)) & 3;
        out[to + 16 * part + i] = fround(dl * q) - ml;
      }
    }
  }
}

/** Where a sub-block of 16 has its 2-bit codes: the first byte, and the place in each byte. */
function twoBitByte(part: number): number {
  return 32 * (part >> 3) + 16 * (part & 1);
}

function twoBitShift(part: number): number {
  return 2 * ((part >> 1) & 3);
}

/**
 * 32 bytes of third bits, 64 bytes of 2-bit codes, 12 bytes of 6-bit scales, f16 scale; value
 * d (s - 32) q, where a third bit of 0 takes 4 away from q.
 */
export function decodeQ3_K(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 110, to += size) {
    const d = half16(bytes, at + 108);
    for (let part = 0; part < 16; part++) {
      const dl = fround(d * (sixBitScale(bytes, at + 96, part) - 32));
      const from = at + 32 + twoBitByte(part);
      for (let i = 0; i < 16; i++) {
        const high = ((bytes[at + 16 * (part & 1) + i] ?? 0) >> (part >> 1)) & 1;
        const q = ((bytes[from + i] ?? 0) >> twoBitShift(part)) & 3;
        out[to + 16 * part + i] = dl * (q - (high ? 0 : 4));
      }
    }
  }
}

/** Sixteen scales: low nibbles in 8 bytes, the scales 8 to 15 above; two high bits each in 4 bytes. */
function sixBitScale(bytes: Uint8Array, at: number, part: number): number {
  const low = ((bytes[at + (part & 7)] ?? 0) >> (part < 8 ? 0 : 4)) & 15;
  const high = ((bytes[at + 8 + (part & 3)] ?? 0) >> (2 * (part >> 2))) & 3;
  return low | (high << 4);
}

/** f16 scale, f16 minimum, 12 bytes of 6-bit scales and minima, 128 bytes of nibbles; d s q - dmin m. */
export function decodeQ4_K(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 144, to += size) {
    for (let part = 0; part < 8; part++) {
      const [dl, ml] = scaleAndMin(bytes, at, part);
      const from = at + 16 + 32 * (part >> 1);
      const shift = 4 * (part & 1);
      for (let i = 0; i < 32; i++) {
        const q = ((bytes[from + i] ?? 0) >> shift) & 15;
        out[to + 32 * part + i] = fround(dl * q) - ml;
      }
    }
  }
}

/** Q4_K with 32 bytes of fifth bits before the nibbles. */
export function decodeQ5_K(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 176, to += size) {
    for (let part = 0; part < 8; part++) {
      const [dl, ml] = scaleAndMin(bytes, at, part);
      const from = at + 48 + 32 * (part >> 1);
      const shift = 4 * (part & 1);
      for (let i = 0; i < 32; i++) {
        const high = ((bytes[at + 16 + i] ?? 0) >> part) & 1;
        const q = (((bytes[from + i] ?? 0) >> shift) & 15) | (high << 4);
        out[to + 32 * part + i] = fround(dl * q) - ml;
      }
    }
  }
}

/**
 * Scale and minimum of 32 values. Of the 12 bytes after the two f16 numbers, 0 to 3 hold the scales
 * 0 to 3 and 4 to 7 the minima; the upper two bits of each belong to number 4 to 7, whose lower four
 * are the nibbles of the bytes 8 to 11.
 */
function scaleAndMin(bytes: Uint8Array, at: number, part: number): readonly [number, number] {
  const low = bytes[at + 4 + (part & 3)] ?? 0;
  const lowMin = bytes[at + 8 + (part & 3)] ?? 0;
  const nibbles = bytes[at + 12 + (part & 3)] ?? 0;
  const scale = part < 4 ? low & 63 : (nibbles & 15) | ((low >> 6) << 4);
  const min = part < 4 ? lowMin & 63 : (nibbles >> 4) | ((lowMin >> 6) << 4);
  return [fround(half16(bytes, at) * scale), fround(half16(bytes, at + 2) * min)];
}

/** 128 bytes of low nibbles, 64 of 2 high bits, 16 signed scales, f16 scale; value d s (q - 32). */
export function decodeQ6_K(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 210, to += size) {
    const d = half16(bytes, at + 208);
    for (let part = 0; part < 16; part++) {
      const dl = fround(d * (((bytes[at + 192 + part] ?? 0) << 24) >> 24));
      const row = (part >> 1) & 3; // of 32 values within 128
      const low = at + 64 * (part >> 3) + 32 * (row & 1) + 16 * (part & 1);
      const high = at + 128 + 32 * (part >> 3) + 16 * (part & 1);
      for (let i = 0; i < 16; i++) {
        const nibble = ((bytes[low + i] ?? 0) >> (row < 2 ? 0 : 4)) & 15;
        const top = ((bytes[high + i] ?? 0) >> (2 * row)) & 3;
        out[to + 16 * part + i] = dl * ((nibble | (top << 4)) - 32);
      }
    }
  }
}
