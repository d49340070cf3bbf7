import type { FormatRow, Layout } from "./types.ts";

/** 32 elements as eight words of four bytes (codes), or as they lie in memory (floats). */
type Lanes = Uint32Array;

/** Turns the 32 elements of a block into the words a kernel reads, and back. */
export interface BlockCodec {
  /** Words of `lanes`: 8 of codes, 16 of f16, 32 of f32. */
  readonly laneWords: number;
  encode(lanes: Lanes, words: Uint32Array): void;
  decode(words: Uint32Array, lanes: Lanes): void;
}

/** Which low bits of the codes form a part of the block, widest part first. */
interface Part {
  readonly width: 8 | 4 | 2 | 1;
  readonly shift: number;
}

const parts: Readonly<Record<number, readonly Part[]>> = {
  8: [{ width: 8, shift: 0 }],
  7: [
    { width: 4, shift: 0 },
    { width: 2, shift: 4 },
    { width: 1, shift: 6 },
  ],
  6: [
    { width: 4, shift: 0 },
    { width: 2, shift: 4 },
  ],
  5: [
    { width: 4, shift: 0 },
    { width: 1, shift: 4 },
  ],
  4: [{ width: 4, shift: 0 }],
  3: [
    { width: 2, shift: 0 },
    { width: 1, shift: 2 },
  ],
  2: [{ width: 2, shift: 0 }],
};

export function blockCodec(row: FormatRow, layout: Layout): BlockCodec {
  if (row.family === "float") return floatCodec(row.blockWords);
  return layout === "planes" ? planesCodec(row.bits) : packedCodec(parts[row.bits] ?? []);
}

/** Floats lie in the words as they lie in memory: f16 element 2i in the low half of word i. */
function floatCodec(laneWords: number): BlockCodec {
  return {
    laneWords,
    encode: (lanes, words) => words.set(lanes),
    decode: (words, lanes) => lanes.set(words),
  };
}

/**
 * A part of `width` bits takes `width` words. Word w holds 8/width lanes from w*8/width on, each
 * shifted by one width more, so that one shift and mask of a word give four neighbours as bytes.
 */
function packedCodec(split: readonly Part[]): BlockCodec {
  return {
    laneWords: 8,
    encode(lanes, words) {
      let at = 0;
      for (const { width, shift } of split) {
        const mask = bytes(2 ** width - 1);
        let lane = 0;
        for (let w = 0; w < width; w++) {
          let word = 0;
          for (let bit = 0; bit < 8; bit += width) {
            word |= (((lanes[lane++] ?? 0) >>> shift) & mask) << bit;
          }
          words[at++] = word;
        }
      }
    },
    decode(words, lanes) {
      lanes.fill(0);
      let at = 0;
      for (const { width, shift } of split) {
        const mask = bytes(2 ** width - 1);
        let lane = 0;
        for (let w = 0; w < width; w++) {
          const word = words[at++] ?? 0;
          for (let bit = 0; bit < 8; bit += width) {
            lanes[lane] = (lanes[lane] ?? 0) | (((word >>> bit) & mask) << shift);
            lane++;
          }
        }
      }
    },
  };
}

/** Word i is bit i of the codes, element e at bit e. */
function planesCodec(bits: number): BlockCodec {
  return {
    laneWords: 8,
    encode(lanes, words) {
      for (let plane = 0; plane < bits; plane++) {
        let word = 0;
        for (let lane = 0; lane < 8; lane++) {
          const spread = ((lanes[lane] ?? 0) >>> plane) & 0x01010101;
          // The product moves the four low bits of the bytes to bits 24..27 without carries.
          word |= ((Math.imul(spread, 0x01020408) >>> 24) & 15) << (4 * lane);
        }
        words[plane] = word;
      }
    },
    decode(words, lanes) {
      for (let lane = 0; lane < 8; lane++) {
        let four = 0;
        for (let plane = 0; plane < bits; plane++) {
          const nibble = ((words[plane] ?? 0) >>> (4 * lane)) & 15;
          for (let byte = 0; byte < 4; byte++) {
            four |= ((nibble >>> byte) & 1) << (8 * byte + plane);
          }
        }
        lanes[lane] = four;
      }
    },
  };
}

/** The same byte four times. */
function bytes(value: number): number {
  return Math.imul(value, 0x01010101);
}
