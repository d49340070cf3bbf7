import { half16, nonlinear } from "./blocks-32.ts";

// Blocks of 256 values: sub-blocks of 16 or 32 with small integer scales of their own under one f16
// scale. As in blocks-32, each product is rounded to float32 where ggml stores it.

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

/** f16 scale, eight 6-bit scales (high bits in a u16, nibbles in 4 bytes), 128 bytes of levels. */
export function decodeIQ4_XS(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 136, to += size) {
    const d = half16(bytes, at);
    for (let part = 0; part < 8; part++) {
      const high = ((bytes[at + 2 + (part >> 2)] ?? 0) >> (2 * (part & 3))) & 3;
      const low = ((bytes[at + 4 + (part >> 1)] ?? 0) >> (4 * (part & 1))) & 15;
      const dl = fround(d * ((low | (high << 4)) - 32));
      for (let i = 0; i < 16; i++) {
        const q = bytes[at + 8 + 16 * part + i] ?? 0;
        out[to + 32 * part + i] = dl * (nonlinear[q & 15] ?? 0);
        out[to + 32 * part + 16 + i] = dl * (nonlinear[q >> 4] ?? 0);
      }
    }
  }
}

const powersOf3 = Uint8Array.of(1, 3, 9, 27, 81);

/**
 * Five ternary digits in a byte, as a fraction of 256: digit n is what 3^n times the byte, modulo
 * 256, has above 256 / 3. Runs of 32, 16 and 4 bytes, whose first digits come first; f16 scale.
 */
export function decodeTQ1_0(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 54) {
    const d = half16(bytes, at + 52);
    to = digits(bytes.subarray(at, at + 32), 5, d, out, to);
    to = digits(bytes.subarray(at + 32, at + 48), 5, d, out, to);
    to = digits(bytes.subarray(at + 48, at + 52), 4, d, out, to);
  }
}

function digits(
  bytes: Uint8Array,
  count: number,
  d: number,
  out: Float32Array,
  to: number,
): number {
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < bytes.length; i++) {
      const rest = ((bytes[i] ?? 0) * (powersOf3[n] ?? 0)) & 255;
      out[to + n * bytes.length + i] = d * (((rest * 3) >> 8) - 1);
    }
  }
  return to + count * bytes.length;
}

/** 64 bytes of 2-bit codes, four rows of 32 in 32 bytes; f16 scale; value d (q - 1). */
export function decodeTQ2_0(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 66, to += size) {
    const d = half16(bytes, at + 64);
    for (let i = 0; i < size; i++) {
      const byte = bytes[at + 32 * (i >> 7) + (i & 31)] ?? 0;
      out[to + i] = d * (((byte >> (2 * ((i >> 5) & 3))) & 3) - 1);
    }
  }
}
