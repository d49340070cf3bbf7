import { F16_MAX, f16ToF32 } from "../lib/f16.ts";
import { roundFast } from "../lib/round.ts";
import { packedCodec } from "./block.ts";
import { E2M1_DOUBLED } from "./books.ts";
import { type Codebook, codebook, encodeNearest, nearestError } from "./codebook.ts";
import { eachGroupOf, levelIntegers, levelValues } from "./groups.ts";
import { QUAD } from "./layout.ts";
import { largestOf, reciprocal, scaleBits } from "./scale-bits.ts";
import { eachGroup } from "./scales.ts";
import {
  type Codes,
  type FormatRow,
  type GroupShape,
  groupNames,
  type ScaleStore,
} from "./types.ts";

/** Largest group scale, in steps of the row's. */
const TOP = 127;

/** Magnitudes of the codes below half; the code of -0 stands for one of four special levels. */
const widths = [
  { bits: 4, magnitudes: E2M1_DOUBLED, specials: [10, -10, 16, -16], reach: 0.25 },
  { bits: 3, magnitudes: [0, 1, 2, 4], specials: [3, -3, 6, -6], reach: 1 / 3 },
] as const;

/**
 * [group][quad] of u8 scales r0 r1 r2 r3; [four groups][quad] of a byte a row with two bits for each group's special level;
 * [quad] of 2 words: the rows' f16 scales.
 */
const bitmodStore: ScaleStore = {
  files: ["lib/scale_bitmod", "lib/scale_times"],
  words: ({ quads, groups }) => quads * (groups + Math.ceil(groups / 4) + 2),
  pack(tensors, { quads, groups }, words) {
    const bytes = new Uint8Array(words.buffer);
    const halves = new Uint16Array(words.buffer);
    const line = quads * QUAD;
    const rowScales = (words.length - 2 * quads) * 2;
    eachGroup(tensors, groups, ({ scales, zeros, factors }, from, row, group) => {
      bytes[group * line + row] = scales?.[from] ?? 0;
      const choices = (groups + (group >> 2)) * line + row;
      bytes[choices] = (bytes[choices] ?? 0) | ((zeros?.[from] ?? 0) << (2 * (group & 3)));
      halves[rowScales + row] = scaleBits(factors?.[Math.floor(from / groups)] ?? 0);
    });
  },
  unpack(words, { rows, quads, groups }) {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.length * 4);
    const halves = new Uint16Array(words.buffer, words.byteOffset, words.length * 2);
    const line = quads * QUAD;
    const scales = new Uint8Array(rows * groups);
    const zeros = new Uint8Array(rows * groups);
    for (let row = 0; row < rows; row++) {
      for (let group = 0; group < groups; group++) {
        scales[row * groups + group] = bytes[group * line + row] ?? 0;
        const choices = bytes[(groups + (group >> 2)) * line + row] ?? 0;
        zeros[row * groups + group] = (choices >> (2 * (group & 3))) & 3;
      }
    }
    const first = (words.length - 2 * quads) * 2;
    return {
      scales,
      zeros,
      factors: Float32Array.from(halves.subarray(first, first + rows), f16ToF32),
    };
  },
};

export const bitmodRows: readonly FormatRow[] = widths.map(
  ({ bits, magnitudes, specials, reach }) => {
    const books = specials.map((special) => bookOf(magnitudes, special));
    const top = magnitudes[magnitudes.length - 1] ?? 0;
    const scaleOf =
      ({ scales, factors }: Codes) =>
      (at: number, row: number): number =>
        (scales?.[at] ?? 0) * (factors?.[row] ?? 0);
    const levelsOf =
      ({ zeros }: Codes) =>
      (at: number): ArrayLike<number> =>
        books[zeros?.[at] ?? 0]?.levels ?? [];
    return {
      id: `bitmod${bits}`,
      family: "bitmod",
      idea: "codebooks",
      bits,
      groups: groupNames,
      asymmetric: false,
      methods: ["rtn"],
      sparse: true,
      exactZero: true,
      padding: 0,
      label: `BitMoD ${bits}`,
      sentence:
        `Floats of ${bits} bits whose code for -0 stands, in each group, for ${specials.join(", ")} (of ${top}), whichever has the ` +
        "least squared error, the first of equals, before scales are rounded; a group's scale is then a whole number from 1 to 127 times an " +
        "f16 of its row.",
      paper: "BitMoD, HPCA 2025 (arXiv 2411.11745); its repository announces a patent application",
      largest: F16_MAX * TOP * top,
      blocks: { packed: packedCodec(bits) },
      scales: bitmodStore,
      shader: {
        unit: 32,
        spans: "int",
        codes: [`formats/int${bits}`, "lib/unpack"],
        values: ["lib/values_levels", `formats/bitmod${bits}`, "lib/signed_bytes"],
        constants: { ZERO: 0 },
        ways: {
          shared: ["lib/values_book_keyed", "lib/book_shared", `formats/bitmod${bits}_levels`],
        },
        dp4a: [`formats/bitmod${bits}`],
      },
      quantize: (kept, shape) => quantize(books, kept, shape),
      // A scale has 18 significant bits and a level at most 5: exact.
      dequantize: (codes, shape) => levelValues(codes, shape, scaleOf(codes), levelsOf(codes)),
      integers: (codes, shape) => levelIntegers(codes, shape, scaleOf(codes), levelsOf(codes)),
      // The row's scale may be off by half a subnormal step of f16, 127 times as much in a group's.
      errorBound: (values) =>
        largestOf(values, 0, values.length) * reach * 1.002 + TOP * top * 1.5 * 2 ** -25,
    };
  },
);

function bookOf(magnitudes: readonly number[], special: number): Codebook {
  const negatives = magnitudes.map((level) => -level);
  negatives[0] = special;
  return codebook([...magnitudes, ...negatives]);
}

function quantize(books: readonly Codebook[], kept: Float32Array, shape: GroupShape): Codes {
  const count = shape.rows * shape.groups;
  const choices = new Uint8Array(count);
  const ideal = new Float32Array(count);
  eachGroupOf(shape, (start, stop, at) => {
    const { choice, scale } = bestBook(books, kept, start, stop);
    choices[at] = choice;
    ideal[at] = scale;
  });
  const factors = new Float32Array(shape.rows);
  for (let row = 0; row < shape.rows; row++) {
    const largest = largestOf(ideal, row * shape.groups, (row + 1) * shape.groups);
    factors[row] = f16ToF32(scaleBits(largest / TOP));
  }
  const codes = new Uint8Array(kept.length);
  const scales = new Uint8Array(count);
  eachGroupOf(shape, (start, stop, at, row) => {
    const [book] = books.slice(choices[at], (choices[at] ?? 0) + 1);
    if (!book) return;
    const factor = factors[row] ?? 0;
    const steps = roundFast(Math.fround((ideal[at] ?? 0) * reciprocal(factor)));
    const scale = Math.max(1, Math.min(steps, TOP));
    scales[at] = scale;
    encodeNearest(book, kept, codes, reciprocal(scale * factor), start, stop);
  });
  return { codes, scales, zeros: choices, factors };
}

/** The table with the least squared error, the first of equals, and its scale in f32. */
export function bestBook(
  books: readonly Codebook[],
  values: Float32Array,
  start: number,
  stop: number,
): { choice: number; scale: number } {
  const largest = largestOf(values, start, stop);
  let best = { choice: 0, scale: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const [choice, book] of books.entries()) {
    const scale = Math.fround(largest / largestOf(book.levels, 0, book.levels.length));
    const error = nearestError(book, values, scale, reciprocal(scale), start, stop, least);
    if (error < least) {
      least = error;
      best = { choice, scale };
    }
  }
  return best;
}
