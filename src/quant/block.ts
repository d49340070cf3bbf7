import type { BlockCodec, CodeArray, CodeType } from "./types.ts";

/** Kept values in a block, unless a codec says otherwise: what one word holds at a bit each. */
export const BLOCK = 32;

/** Which low bits of the codes form a part of the block, widest part first. */
interface Part {
  readonly width: 8 | 4 | 2 | 1;
  readonly shift: number;
  /** The part's bits in each of four bytes. */
  readonly mask: number;
}

const noPart: Part = { width: 8, shift: 0, mask: 0 };

/** A width as the sum of at most one part each of 8, 4, 2 and 1 bits. */
function partsOf(bits: number): readonly Part[] {
  const parts: Part[] = [];
  let shift = 0;
  for (const width of [8, 4, 2, 1] as const) {
    if ((bits & width) === 0) continue;
    parts.push({ width, shift, mask: bytes(2 ** width - 1) });
    shift += width;
  }
  return parts;
}

/** Floats lie in the words as they lie in memory: f16 element 2i in the low half of word i. */
export function floatCodec(type: "u16" | "f32"): BlockCodec {
  const words = type === "u16" ? BLOCK / 2 : BLOCK;
  return {
    elements: BLOCK,
    codes: BLOCK,
    type,
    words,
    chunkWords: 4,
    writer: type === "u16" ? "lib/words_f16" : "lib/words_f32",
    laneWords: words,
    encode: (lanes, to) => to.set(lanes),
    decode: (from, lanes) => lanes.set(from),
  };
}

/**
 * Codes of 1 to 8 bits side by side. A part of `width` bits takes `width` words. Word w holds 8/width lanes of four codes from w*8/width
 * on, each shifted by one width more, so that one shift and mask of a word give four neighbours as bytes.
 */
export function packedCodec(bits: number): BlockCodec {
  const parts = partsOf(bits);
  return {
    elements: BLOCK,
    codes: BLOCK,
    type: "u8",
    words: bits,
    // As wide as the words of every part allow.
    chunkWords: bits % 4 === 0 ? 4 : bits % 2 === 0 ? 2 : 1,
    writer: "lib/words_packed",
    laneWords: 8,
    encode(lanes, words) {
      for (let p = 0, at = 0; p < parts.length; p++) {
        const { width, shift, mask } = parts[p] ?? noPart;
        for (let w = 0, lane = 0; w < width; w++) {
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
      for (let p = 0, at = 0; p < parts.length; p++) {
        const { width, shift, mask } = parts[p] ?? noPart;
        for (let w = 0, lane = 0; w < width; w++) {
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
export function planesCodec(bits: number): BlockCodec {
  return {
    elements: BLOCK,
    codes: BLOCK,
    type: "u8",
    words: bits,
    chunkWords: 1,
    writer: "lib/words_planes",
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

/**
 * Blocks whose bytes hold scales and codes together, such as a file format's superblocks: they go to the device as they are, filled up with
 * zeros to whole chunks. `elements` is a multiple of 32.
 */
export function nativeCodec(
  elements: number,
  blockBytes: number,
  chunkWords: 1 | 2 | 4,
): BlockCodec {
  const words = Math.ceil(blockBytes / (4 * chunkWords)) * chunkWords;
  return {
    elements,
    codes: blockBytes,
    type: "u8",
    words,
    chunkWords,
    laneWords: words,
    encode: (lanes, to) => to.set(lanes),
    decode: (from, lanes) => lanes.set(from),
  };
}

/** An array of a codec's codes: fresh, or over a buffer (little-endian, as WebGPU asks of machines). */
export function codeArray(type: CodeType, from: number | ArrayBufferLike): CodeArray {
  const buffer =
    typeof from === "number" ? new ArrayBuffer(from * { u8: 1, u16: 2, f32: 4 }[type]) : from;
  switch (type) {
    case "u8":
      return new Uint8Array(buffer);
    case "u16":
      return new Uint16Array(buffer);
    case "f32":
      return new Float32Array(buffer);
    default:
      throw new Error(`No codes of type ${type satisfies never}`);
  }
}

/** The same byte four times. */
function bytes(value: number): number {
  return Math.imul(value, 0x01010101);
}
