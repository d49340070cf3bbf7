import { half16 } from "../../lib/f16.ts";
import { nonlinear } from "../../quant/file-blocks.ts";

// Blocks of 256 values: sub-blocks of 16 or 32 with small integer scales of their own under one f16
// scale. As in blocks-32, each product is rounded to float32 where ggml stores it.

const size = 256;
const { fround } = Math;

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
