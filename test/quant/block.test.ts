import { describe, expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { nativeCodec, packedCodec, planesCodec } from "../../src/quant/block.ts";
import type { BlockCodec } from "../../src/quant/types.ts";

/** Random lanes, each byte below `limit`. */
function lanesOf({ laneWords }: BlockCodec, limit: number, used = laneWords * 4): Uint32Array {
  const rng = createRng(laneWords + limit);
  const lanes = new Uint32Array(laneWords);
  const bytes = new Uint8Array(lanes.buffer);
  for (let i = 0; i < used; i++) bytes[i] = rng.integer(limit);
  return lanes;
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("codes of %d bits", (bits) => {
  it.each([
    ["packed", packedCodec(bits)],
    ["planes", planesCodec(bits)],
  ] as const)("%s: come back, in as many words as bits", (_name, codec) => {
    const lanes = lanesOf(codec, 2 ** bits);
    const words = new Uint32Array(codec.words);
    codec.encode(lanes, words);
    const back = new Uint32Array(codec.laneWords);
    codec.decode(words, back);
    expect(back).toEqual(lanes);
    expect(codec.words).toBe(bits);
    expect(codec.words % codec.chunkWords).toBe(0);
  });
});

it.each([
  { bytes: 144, chunkWords: 4, words: 36 },
  { bytes: 210, chunkWords: 2, words: 54 },
  { bytes: 18, chunkWords: 1, words: 5 },
] as const)("native blocks of $bytes bytes take $words words", ({ bytes, chunkWords, words }) => {
  const codec = nativeCodec(256, bytes, chunkWords);
  expect(codec).toMatchObject({ elements: 256, codes: bytes, words, laneWords: words });
  const lanes = lanesOf(codec, 256, bytes);
  const packed = new Uint32Array(words);
  codec.encode(lanes, packed);
  expect(packed).toEqual(lanes);
});
