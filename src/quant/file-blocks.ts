import type { Codes, FileBlocks } from "./types.ts";

const SIZE = 32;
const HALF = SIZE / 2;

export const GGUF = "ggml's block types, as files of llama.cpp have them (GGUF)";

/** IQ4_NL's levels, closer together near zero. */
export const nonlinear = Int8Array.of(
  ...[-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113],
);

/** Where a block of 32 has its numbers: scales first, then fifth bits where there are any, then codes. */
interface Places {
  /** Scales of a block, and bytes of each. */
  readonly scales: 1 | 2;
  readonly scaleBytes: 1 | 2;
  readonly bits: 4 | 5 | 8;
}

/**
 * Blocks of 32 values taken apart into codes and scales, as a device has them. The nibbles of byte i are the codes i and i + 16; signed
 * bytes become codes from 0 on.
 */
export function fileBlocks(type: string, places: Places): FileBlocks {
  const { scales, scaleBytes, bits } = places;
  const first = scales * scaleBytes;
  const bytes = first + (bits * SIZE) / 8;
  return {
    type,
    elements: SIZE,
    bytes,
    codesOf(blocks: Uint8Array): Codes {
      const count = blocks.length / bytes;
      const codes = new Uint8Array(count * SIZE);
      const numbers = new Uint8Array(count * first);
      for (let block = 0; block < count; block++) {
        const at = block * bytes;
        numbers.set(blocks.subarray(at, at + first), block * first);
        const own = blocks.subarray(at + first, at + bytes);
        takeCodes(own, bits, codes.subarray(block * SIZE, (block + 1) * SIZE));
      }
      return { codes, scales: scaleBytes === 1 ? numbers : new Uint16Array(numbers.buffer) };
    },
  };
}

function takeCodes(own: Uint8Array, bits: 4 | 5 | 8, codes: Uint8Array): void {
  if (bits === 8) {
    for (let i = 0; i < SIZE; i++) codes[i] = (own[i] ?? 0) ^ 128;
    return;
  }
  const nibbles = own.subarray(own.length - HALF);
  for (let i = 0; i < HALF; i++) {
    codes[i] = (nibbles[i] ?? 0) & 15;
    codes[HALF + i] = (nibbles[i] ?? 0) >> 4;
  }
  if (bits === 4) return;
  for (let i = 0; i < SIZE; i++) {
    codes[i] = (codes[i] ?? 0) | ((((own[i >> 3] ?? 0) >> (i & 7)) & 1) << 4);
  }
}
