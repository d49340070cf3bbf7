import { roundFast } from "../lib/round.ts";
import { QUAD } from "./layout.ts";
import { reciprocal } from "./scale-bits.ts";
import { eachGroup, gather } from "./scales.ts";
import { HEADER, writeSections } from "./sections.ts";
import type { Codes, ScaleStore, Scales } from "./types.ts";

/** Scales that share a factor, counted through the matrix row by row. */
const BLOCK = 256;
/** Factors that stacking may add, as every matrix begins a block of its own. */
const SPARE = 3;
const MOST = 127;

/** Scales in 8 bits: `scales` holds signed bytes, `factors` the mean of all and then a factor for every 256. */
export function doubleQuantize(values: Float32Array): Required<Pick<Codes, "scales" | "factors">> {
  const mean = Math.fround(values.reduce((sum, value) => sum + value, 0) / values.length);
  const factors = new Float32Array(1 + Math.ceil(values.length / BLOCK));
  const codes = new Int8Array(values.length);
  factors[0] = mean;
  for (let block = 0; block * BLOCK < values.length; block++) {
    const part = values.subarray(block * BLOCK, (block + 1) * BLOCK);
    const reach = part.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
    const factor = short(reach / MOST);
    const inverse = reciprocal(factor);
    factors[1 + block] = factor;
    for (let i = 0; i < part.length; i++) {
      const code = roundFast(Math.fround(Math.fround((part[i] ?? 0) - mean) * inverse));
      codes[block * BLOCK + i] = Math.max(-MOST, Math.min(code, MOST));
    }
  }
  return { scales: new Uint8Array(codes.buffer), factors };
}

/** The scale of group `at`, never below 0. */
export function scaleOf({ scales, factors }: Scales, at: number): number {
  const code = ((scales?.[at] ?? 0) << 24) >> 24;
  const offset = code * (factors?.[1 + Math.floor(at / BLOCK)] ?? 0);
  return Math.max(0, Math.fround((factors?.[0] ?? 0) + offset));
}

/**
 * Header of sections, each with its mean and the number of its first factor; [group][quad] of i8 r0 r1 r2 r3; factors. A factor has 16
 * significant bits, so that its product with a code is exact and the sum rounds once, fused or not.
 */
export const doubleStore: ScaleStore = {
  files: ["lib/scale_double", "lib/sections", "lib/scale_times"],
  begins: true,
  words: ({ rows, quads, groups }) =>
    HEADER + groups * quads + Math.ceil((rows * groups) / BLOCK) + SPARE,
  pack(tensors, shape, words) {
    const { quads, groups } = shape;
    const floats = new Float32Array(words.buffer);
    const bytes = new Uint8Array(words.buffer);
    const firstFactor = HEADER + groups * quads;
    let next = 0;
    writeSections(tensors, words);
    for (const [section, { factors = new Float32Array(1) }] of tensors.entries()) {
      floats[4 + section] = factors[0] ?? 0;
      words[8 + section] = next;
      floats.set(factors.subarray(1), firstFactor + next);
      next += factors.length - 1;
    }
    eachGroup(tensors, groups, ({ scales }, from, row, group) => {
      const at = 4 * HEADER + (group * quads + (row >> 2)) * QUAD + (row % QUAD);
      bytes[at] = scales?.[from] ?? 0;
    });
  },
  unpack(words, shape): Scales {
    const { rows, quads, groups } = shape;
    const bytes = new Uint8Array(words.buffer, words.byteOffset + 4 * HEADER);
    const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    const scales = gather(bytes, new Uint8Array(rows * groups), shape, quads * QUAD);
    const first = HEADER + groups * quads;
    const blocks = Math.ceil((rows * groups) / BLOCK);
    return {
      scales,
      factors: Float32Array.of(floats[4] ?? 0, ...floats.subarray(first, first + blocks)),
    };
  },
};

/** The f32 nearest to it that ends in eight zeros. */
function short(value: number): number {
  const float = Float32Array.of(value);
  const bits = new Uint32Array(float.buffer);
  bits[0] = ((bits[0] ?? 0) + 128) & 0xffffff00;
  return float[0] ?? 0;
}
