import { F16_MAX, f16ToF32, f32ToF16 } from "../lib/f16.ts";
import { packedCodec } from "./block.ts";
import { histogramOf, kMeans, ROUNDS, sortedOf } from "./kmeans.ts";
import { largestOf } from "./scale-bits.ts";
import { HEADER, writeSections } from "./sections.ts";
import type { Codes, FormatRow, ScaleStore } from "./types.ts";

const SECTIONS = 4;

/** Levels in f16, two a word, wherever a table stands. */
function wordsOf(levels: number): number {
  return levels / 2;
}

/** Header of sections; a table for each of up to four matrices; a table of zeros, for rows of padding. */
function tensorStore(levels: number): ScaleStore {
  const each = wordsOf(levels);
  return {
    files: ["lib/palette_tensor", "lib/sections", "lib/palette"],
    words: () => HEADER + (SECTIONS + 1) * each,
    pack(tensors, _shape, words) {
      writeSections(tensors, words);
      for (const [section, { factors }] of tensors.entries()) {
        putLevels(factors, words, HEADER + section * each);
      }
    },
    unpack: (words) => ({ factors: levelsOf(words, HEADER, levels) }),
  };
}

/** [row of the stack]: a table each; rows of padding have zeros. */
function rowStore(levels: number): ScaleStore {
  return {
    files: ["lib/palette_row", "lib/palette"],
    words: ({ quads }) => 4 * quads * wordsOf(levels),
    pack(tensors, _shape, words) {
      let at = 0;
      for (const { factors, rows } of tensors) {
        putLevels(factors, words, at);
        at += rows * wordsOf(levels);
      }
    },
    unpack: (words, { rows }) => ({ factors: levelsOf(words, 0, rows * levels) }),
  };
}

function putLevels(factors: Float32Array | undefined, words: Uint32Array, at: number): void {
  const halves = new Uint16Array(words.buffer, words.byteOffset + 4 * at);
  for (const [i, level] of factors?.entries() ?? []) halves[i] = f32ToF16(level);
}

function levelsOf(words: Uint32Array, at: number, count: number): Float32Array {
  return Float32Array.from(
    new Uint16Array(words.buffer, words.byteOffset + 4 * at, count),
    f16ToF32,
  );
}

function palette(bits: number, byRow: boolean): FormatRow {
  const levels = 2 ** bits;
  const own = byRow ? "each row" : "the matrix";
  return {
    id: `pal${levels}${byRow ? "-row" : ""}`,
    family: "palette",
    idea: "codebooks",
    bits,
    groups: [],
    asymmetric: false,
    methods: ["rtn"],
    sparse: false,
    label: `palette of ${levels}${byRow ? " a row" : ""}`,
    sentence:
      `Each weight is the number of one of ${levels} levels of ${own}, kept as f16: k-means by Lloyd's rounds until nothing moves, ${ROUNDS} ` +
      `at most${byRow ? ", over its values one by one" : ", over the matrix's distinct f16 values by how often they occur"}, from quantiles of the cube root of the density on; ` +
      "an empty level takes the upper half of the one with the largest error, and halfway takes the lower level.",
    paper:
      "DKM, ICLR 2022 (arXiv 2108.12659); eDKM, 2023 (arXiv 2309.00964), without their training",
    largest: F16_MAX,
    exactZero: false,
    padding: 0,
    blocks: { packed: packedCodec(bits) },
    scales: byRow ? rowStore(levels) : tensorStore(levels),
    shader: {
      unit: 32,
      spans: "int",
      codes: [`formats/int${bits}`, "lib/unpack"],
      values: ["lib/values_palette", "lib/tables_buffer"],
      ways: {
        registers: [
          `lib/values_table${levels}`,
          "lib/tables_registers",
          "lib/table_half",
          "lib/bit_set",
        ],
        shared: ["lib/values_palette", byRow ? "lib/tables_rows_shared" : "lib/tables_shared"],
      },
      constants: { ZERO: 0, TABLE: wordsOf(levels) },
    },
    quantize(kept, { rows, width }) {
      const tables = byRow ? rows : 1;
      const step = byRow ? width : kept.length;
      const codes = new Uint8Array(kept.length);
      const factors = new Float32Array(tables * levels);
      for (let table = 0; table < tables; table++) {
        const values = kept.subarray(table * step, (table + 1) * step);
        const centres = kMeans((byRow ? sortedOf : histogramOf)(values), levels);
        const own = factors.subarray(table * levels, (table + 1) * levels);
        own.set(centres.map((centre) => f16ToF32(f32ToF16(centre))));
        nearestCodes(values, own, codes.subarray(table * step, (table + 1) * step));
      }
      return { codes, factors };
    },
    dequantize({ codes, factors }: Codes, { width }) {
      const values = new Float32Array(codes.length);
      for (let i = 0; i < values.length; i++) {
        const table = byRow ? Math.floor(i / width) * levels : 0;
        values[i] = factors?.[table + (codes[i] ?? 0)] ?? 0;
      }
      return values;
    },
    // Within the cluster of a lone outlier may be anything up to the other end; levels are rounded to f16.
    errorBound(values) {
      const range = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
      const least = values.reduce((most, value) => Math.min(most, value), Number.POSITIVE_INFINITY);
      return range - least + largestOf(values, 0, values.length) * 2 ** -10 + 2 ** -24;
    },
  };
}

/** As many middles as lie below a value: levels ascend. */
function nearestCodes(values: Float32Array, levels: Float32Array, codes: Uint8Array): void {
  const middles = new Float64Array(levels.length - 1);
  for (let i = 0; i < middles.length; i++) {
    middles[i] = ((levels[i] ?? 0) + (levels[i + 1] ?? 0)) / 2;
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    let code = 0;
    for (let step = levels.length >> 1; step > 0; step >>= 1) {
      if ((middles[code + step - 1] ?? 0) < value) code += step;
    }
    codes[i] = code;
  }
}

export const paletteRows: readonly FormatRow[] = [4, 3, 2].flatMap((bits) => [
  palette(bits, false),
  palette(bits, true),
]);
