import { describe, expect, it } from "vitest";
import { packTensor, tensorBytes, unpackTensor } from "../../src/quant/pack.ts";
import { quantizeTensor } from "../../src/quant/quantize.ts";
import { formatRow, formats } from "../../src/quant/registry.ts";
import type { Layout, QuantTensor, WeightFormat } from "../../src/quant/types.ts";
import { everyFormat, expectEqual, format, formatWith, gauss } from "./support.ts";

const shapes = [1, 3, 64, 257].flatMap((rows) =>
  [32, 64, 96, 172, 256, 288].map((cols) => [rows, cols] as const),
);

function layoutsOf(id: string): Layout[] {
  return formatRow(id).blocks.planes ? ["packed", "planes"] : ["packed"];
}

/** Element e has code e, then what the width keeps of it. */
const counting = Array.from({ length: 32 }, (_, e) => e);

describe("one block, by hand", () => {
  const low4 = [0x73625140, 0xfbead9c8, 0x73625140, 0xfbead9c8];
  const low2 = [0xffaa5500, 0xffaa5500];
  it.each([
    [
      "int8",
      counting,
      [
        0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c, 0x13121110, 0x17161514, 0x1b1a1918,
        0x1f1e1d1c,
      ],
    ],
    [
      "int7",
      counting.map((e) => e + 32 + (e % 2) * 64),
      [...low4, 0xaaaaaaaa, 0xffffffff, 0xff00ff00],
    ],
    ["int6", counting.map((e) => e + 32), [...low4, 0xaaaaaaaa, 0xffffffff]],
    ["int5", counting, [...low4, 0xf0f0f0f0]],
    ["int4", counting.map((e) => e % 16), low4],
    ["int3", counting.map((e) => e % 8), [...low2, 0xaaaaaaaa]],
    ["int2", counting.map((e) => e % 4), low2],
  ])("%s", (id, codes, words) => {
    const tensor: QuantTensor = {
      format: format(id, 32),
      rows: 1,
      cols: 32,
      codes: Uint8Array.from(codes),
      scales: Uint16Array.of(0x3c00),
    };
    const { blocks, bits } = formatRow(id);
    const { chunkWords } = blocks.packed;
    const { weights, scales } = packTensor(tensor, "packed");
    // One tile: chunks of the row alternate with those of 31 rows of padding.
    const firstRow = words.map((_, i) => weights[i + 31 * chunkWords * Math.floor(i / chunkWords)]);
    expect(firstRow).toEqual(words);
    expect(scales).toEqual(Uint32Array.of(0x3c00, 0));
    const planes = counting
      .slice(0, bits)
      .map((bit) => codes.reduce((word, code, e) => (word | (((code >> bit) & 1) << e)) >>> 0, 0));
    const { weights: words1 } = packTensor(tensor, "planes");
    expect(planes.map((_, i) => words1[32 * i])).toEqual(planes);
  });

  it("f16 and f32", () => {
    const values = Float32Array.from(counting);
    const halves = packTensor(quantizeTensor(values, 1, 32, format("f16")), "packed").weights;
    expect(Array.from(halves.subarray(0, 4))).toEqual([
      0x3c000000, 0x42004000, 0x45004400, 0x47004600,
    ]);
    expect(Array.from(halves.subarray(4, 128))).toEqual(new Array(124).fill(0));
    const singles = packTensor(quantizeTensor(values, 1, 32, format("f32")), "packed").weights;
    expect(Array.from(singles.subarray(0, 4))).toEqual([0, 0x3f800000, 0x40000000, 0x40400000]);
  });
});

/** Word and bit of bit `bit` of element e in a block, written down from the README. */
function placeOf(bits: number, layout: Layout, e: number, bit: number): [number, number] {
  const k = e & 3;
  if (layout === "planes") return [bit, e];
  if (bits === 32) return [e, bit];
  if (bits === 16) return [e >> 1, 16 * (e & 1) + bit];
  if (bits === 8) return [e >> 2, 8 * k + bit];
  const fourBits = bits >= 4 ? 4 : 0;
  if (bit < fourBits) return [e >> 3, 8 * k + (e & 4) + bit];
  const twoBits = (bits & 2) === 2 ? 2 : 0;
  if (bit < fourBits + twoBits) {
    return [fourBits + (e >> 4), 8 * k + 2 * ((e >> 2) & 3) + bit - fourBits];
  }
  return [fourBits + twoBits, 8 * k + (e >> 2)];
}

/** The weights' words by the formula that kernels use, one bit at a time. */
function weightsByFormula(tensor: QuantTensor, layout: Layout): Uint32Array {
  const row = formatRow(tensor.format.id);
  const { rows, cols } = tensor;
  const {
    elements,
    codes: each,
    words,
    chunkWords,
    type,
  } = row.blocks[layout] ?? row.blocks.packed;
  const blocks = Math.ceil(cols / (tensor.format.sparse ? 2 * elements : elements));
  // Blocks of bytes that are a format's own lie in memory order, as 8-bit codes do.
  const bits = each === elements ? words : 8;
  const width = tensor.codes.length / rows;
  const tiles = Math.ceil(rows / 32);
  const chunks = words / chunkWords;
  const codes = type === "f32" ? new Uint32Array(tensor.codes.buffer) : tensor.codes;
  const weights = new Uint32Array(blocks * words * 32 * tiles);
  for (let n = 0; n < 32 * tiles; n++) {
    const padding = (n < rows && row.paddingOf?.(tensor, n)) || row.padding;
    for (let i = 0; i < each * blocks; i++) {
      const code = n < rows && i < width ? (codes[n * width + i] ?? 0) : padding;
      for (let bit = 0; bit < bits; bit++) {
        const e = i % each;
        const [word, at] =
          row.family === "nested" && layout === "packed"
            ? [bit, 8 * (e & 3) + (e >> 2)]
            : placeOf(bits, layout, e, bit);
        const chunk = Math.floor(i / each) * chunks + Math.floor(word / chunkWords);
        const first = ((n >> 5) * blocks * chunks + chunk) * 32 + (n % 4) * 8 + ((n >> 2) % 8);
        const index = first * chunkWords + (word % chunkWords);
        weights[index] = (weights[index] ?? 0) | (((code >>> bit) & 1) << at);
      }
    }
  }
  return weights;
}

/** Where codes share words by arithmetic or take what room they need, their bits have no place of their own: the family's test has a block by hand. */
const arithmetic = new Set(["ternary", "twn", "pb", "pb5", "pb20"]);

describe.each(formats.map((row) => row.id))("%s", (id) => {
  const row = formatRow(id);
  const kinds = [false, ...(row.sparse ? [true] : [])].map((sparse) =>
    formatWith(row, 64, { sparse }),
  );

  it("has every bit where kernels look for it", () => {
    for (const kind of kinds) {
      const tensor = quantizeTensor(gauss(7 * 172, 1), 7, 172, kind);
      for (const layout of layoutsOf(id)) {
        if (layout === "packed" && arithmetic.has(id)) continue;
        expectEqual(packTensor(tensor, layout).weights, weightsByFormula(tensor, layout));
      }
    }
  });

  it("comes back from its packing, whose bytes are as foretold", () => {
    for (const kind of kinds) {
      for (const [rows, cols] of shapes) {
        // The largest shape adds nothing to the others but time.
        if (rows === 257 && cols !== 172) continue;
        checkRoundTrip(kind, rows, cols);
      }
    }
  });
});

function checkRoundTrip(kind: WeightFormat, rows: number, cols: number): void {
  const tensor = quantizeTensor(gauss(rows * cols, rows + cols), rows, cols, kind);
  for (const layout of layoutsOf(kind.id)) {
    const packed = packTensor(tensor, layout);
    expectEqual(unpackTensor(packed), tensor);
    expect(tensorBytes(kind, rows, cols, layout)).toEqual({
      weights: packed.weights.byteLength,
      scales: packed.scales?.byteLength ?? 0,
      positions: packed.positions?.byteLength ?? 0,
    });
  }
}

it("takes every group size", () => {
  for (const kind of everyFormat()) checkRoundTrip(kind, 5, 172);
});

it("has four rows' scales side by side, and their zero points behind", () => {
  const tensor = quantizeTensor(gauss(6 * 64, 2), 6, 64, format("int4-asym", 32));
  const { scales = new Uint32Array(0), quads } = packTensor(tensor, "packed");
  for (let row = 0; row < 6; row++) {
    for (let group = 0; group < 2; group++) {
      const at = (group * quads + (row >> 2)) * 3;
      const r = row % 4;
      const half = ((scales[at + (r >> 1)] ?? 0) >>> (16 * (r & 1))) & 0xffff;
      expect(half).toBe(tensor.scales?.[row * 2 + group]);
      expect(((scales[at + 2] ?? 0) >>> (8 * r)) & 0xff).toBe(tensor.zeros?.[row * 2 + group]);
    }
  }
  // Rows 6 and 7 are padding.
  expect(scales[(0 * quads + 1) * 3 + 1]).toBe(0);
});

it("has sixteen nibbles of positions a block, padded with 0 and 1", () => {
  const tensor = quantizeTensor(gauss(2 * 72, 4), 2, 72, format("int8", 32, { sparse: true }));
  const { positions = new Uint32Array(0), quads, blocks } = packTensor(tensor, "packed");
  expect(blocks).toBe(2);
  for (let row = 0; row < 4; row++) {
    for (let four = 0; four < 32; four++) {
      const block = four >> 4;
      const word = positions[((block * 4 + row) * quads + 0) * 2 + ((four & 15) >> 3)] ?? 0;
      const expected = row < 2 && four < 18 ? tensor.positions?.[row * 18 + four] : 4;
      expect((word >>> (4 * (four & 7))) & 15).toBe(expected);
    }
  }
});

it("stacks matrices that share their inputs", () => {
  const kind = format("int3-asym", 32);
  const values = gauss(13 * 96, 9);
  const whole = packTensor(quantizeTensor(values, 13, 96, kind), "packed");
  const cuts = [0, 6, 7, 13];
  const parts = cuts.slice(1).map((end, i) => {
    const start = cuts[i] ?? 0;
    return quantizeTensor(values.slice(start * 96, end * 96), end - start, 96, kind);
  });
  expect(packTensor(parts, "packed")).toEqual(whole);
  const other = quantizeTensor(values.slice(0, 64), 1, 64, kind);
  expect(() => packTensor([other, ...parts], "packed")).toThrow();
  expect(() => packTensor([], "packed")).toThrow();
});

it("refuses bit planes of floats", () => {
  expect(() => packTensor(quantizeTensor(gauss(32, 1), 1, 32, format("f16")), "planes")).toThrow();
  expect(() => tensorBytes(format("f32"), 1, 32, "planes")).toThrow();
});

it("foretells bytes, those of scales, positions and padded rows included", () => {
  const bitsPerWeight = (kind: WeightFormat, rows: number): number => {
    const { weights, scales, positions } = tensorBytes(kind, rows, 128, "packed");
    return (8 * (weights + scales + positions)) / (rows * 128);
  };
  expect(bitsPerWeight(format("int4", 32), 64)).toBe(4.5);
  expect(bitsPerWeight(format("int4", 32, { sparse: true }), 64)).toBe(3.5);
  expect(bitsPerWeight(format("int4-asym", 32), 64)).toBe(4.75);
  // Weights come in tiles of 32 rows, scales in quads of 4.
  expect(bitsPerWeight(format("int4", 32), 1)).toBe(32 * 4 + 2);
});
