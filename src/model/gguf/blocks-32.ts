import { half16 } from "../../lib/f16.ts";
import { nonlinear } from "../../quant/file-blocks.ts";

// Blocks of 32 values. The two nibbles of byte i are the values i and i + 16. Products are stored
// as float32 before a minimum is added, as ggml does: the roundings are part of the format.

const size = 32;
const half = size / 2;
const { fround } = Math;

/** E2M1 values, doubled to be whole. */
const e2m1 = Int8Array.of(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

/** f16 scale, 16 bytes of nibbles; value d (q - 8). */
export function decodeQ4_0(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 18, to += size) {
    const d = half16(bytes, at);
    for (let i = 0; i < half; i++) {
      const q = bytes[at + 2 + i] ?? 0;
      out[to + i] = d * ((q & 15) - 8);
      out[to + half + i] = d * ((q >> 4) - 8);
    }
  }
}

/** f16 scale, f16 minimum, 16 bytes of nibbles; value d q + m. */
export function decodeQ4_1(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 20, to += size) {
    const d = half16(bytes, at);
    const m = half16(bytes, at + 2);
    for (let i = 0; i < half; i++) {
      const q = bytes[at + 4 + i] ?? 0;
      out[to + i] = fround(d * (q & 15)) + m;
      out[to + half + i] = fround(d * (q >> 4)) + m;
    }
  }
}

/** f16 scale, 32 fifth bits, 16 bytes of nibbles; value d (q - 16). */
export function decodeQ5_0(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 22, to += size) {
    const d = half16(bytes, at);
    for (let i = 0; i < size; i++) out[to + i] = d * (fiveBits(bytes, at + 2, i) - 16);
  }
}

/** f16 scale, f16 minimum, 32 fifth bits, 16 bytes of nibbles; value d q + m. */
export function decodeQ5_1(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 24, to += size) {
    const d = half16(bytes, at);
    const m = half16(bytes, at + 2);
    for (let i = 0; i < size; i++) out[to + i] = fround(d * fiveBits(bytes, at + 4, i)) + m;
  }
}

/** Value i of 4 bytes of fifth bits and 16 bytes of nibbles. */
function fiveBits(bytes: Uint8Array, at: number, i: number): number {
  const nibbles = bytes[at + 4 + (i % half)] ?? 0;
  const high = ((bytes[at + (i >> 3)] ?? 0) >> (i & 7)) & 1;
  return ((i < half ? nibbles : nibbles >> 4) & 15) | (high << 4);
}

/** f16 scale, 32 signed bytes; value d q. */
export function decodeQ8_0(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 34, to += size) {
    const d = half16(bytes, at);
    for (let i = 0; i < size; i++) out[to + i] = d * (((bytes[at + 2 + i] ?? 0) << 24) >> 24);
  }
}

/** f16 scale, 16 bytes of nibbles; value d times a level of the codebook. */
export function decodeIQ4_NL(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 18, to += size) {
    const d = half16(bytes, at);
    for (let i = 0; i < half; i++) {
      const q = bytes[at + 2 + i] ?? 0;
      out[to + i] = d * (nonlinear[q & 15] ?? 0);
      out[to + half + i] = d * (nonlinear[q >> 4] ?? 0);
    }
  }
}

/** An exponent byte for 2^(e - 127), 16 bytes of nibbles; value 2^(e - 128) times E2M1 doubled. */
export function decodeMXFP4(bytes: Uint8Array, out: Float32Array): void {
  for (let at = 0, to = 0; at < bytes.length; at += 17, to += size) {
    const d = 2 ** ((bytes[at] ?? 0) - 128);
    for (let i = 0; i < half; i++) {
      const q = bytes[at + 1 + i] ?? 0;
      out[to + i] = d * (e2m1[q & 15] ?? 0);
      out[to + half + i] = d * (e2m1[q >> 4] ?? 0);
    }
  }
}
