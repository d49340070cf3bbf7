import { describe, expect, it } from "vitest";
import { f16ToF32 } from "../../src/lib/f16.ts";
import { fp4BnbBook, fp4Book, nf4Book } from "../../src/quant/books.ts";
import { type Codebook, nearest } from "../../src/quant/codebook.ts";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import type { Method } from "../../src/quant/types.ts";
import { snr } from "../support/snr.ts";
import { format, gauss, hostileGroups, laplace } from "./support.ts";

const books: readonly (readonly [string, Codebook])[] = [
  ["nf4", nf4Book],
  ["fp4", fp4Book],
  ["fp4-bnb", fp4BnbBook],
];

describe.each(books)("%s", (id, book) => {
  it("gives every level its own code", () => {
    for (const code of book.sorted) expect(nearest(book, book.levels[code] ?? 0)).toBe(code);
    expect(book.sorted.length).toBe(id === "nf4" ? 16 : 15);
  });

  it("is monotone, and takes the lower level halfway between two", () => {
    let before = -2;
    for (let i = -1100; i <= 1100; i++) {
      const level = book.levels[nearest(book, i / 1000)] ?? 0;
      expect(level).toBeGreaterThanOrEqual(before);
      before = level;
    }
    for (const [i, middle] of book.middles.entries()) {
      expect(nearest(book, middle)).toBe(book.sorted[i]);
    }
  });

  it("is the nearest level", () => {
    for (const value of gauss(400, 1).map((w) => w / 3)) {
      const distance = (code: number) => Math.abs((book.levels[code] ?? 0) - value);
      const least = Math.min(...Array.from(book.sorted, distance));
      expect(distance(nearest(book, value))).toBeLessThanOrEqual(least + 1e-7);
    }
  });

  it("has the largest magnitude of a group exactly where f16 has it", () => {
    const values = gauss(64, 2);
    values[11] = -4.5;
    const restored = dequantizeTensor(quantizeTensor(values, 1, 64, format(id, 64)));
    expect(restored[11]).toBe(-4.5);
  });
});

it("decides as QLoRA's table does", () => {
  const codes = (book: Codebook, values: number[]) => values.map((value) => nearest(book, value));
  expect(codes(nf4Book, [-0.3, 0.02, 0.7, 1, -1])).toEqual([4, 7, 14, 15, 0]);
  expect(codes(fp4BnbBook, [0.9, 0.06, 0.09, -0.9])).toEqual([3, 1, 6, 11]);
  const thresholds = [
    -0.8480964, -0.61063293, -0.45999527, -0.33967943, -0.23460741, -0.13791173, -0.04552502,
    0.03979015, 0.12025525, 0.20352125, 0.29201377, 0.38931254, 0.50166342, 0.64278692, 0.86147842,
  ];
  expect(nf4Book.middles.length).toBe(15);
  for (const [i, threshold] of thresholds.entries()) {
    expect(nf4Book.middles[i]).toBeCloseTo(threshold, 7);
  }
  expect(Array.from(fp4BnbBook.middles.subarray(7))).toEqual(
    [0.00260417, 0.0859375, 0.20833333, 0.29166667, 0.4166667, 0.583333, 0.8333333].map(
      (middle): unknown => expect.closeTo(middle, 6),
    ),
  );
  expect(nf4Book.reach).toBeCloseTo(0.1519, 4);
  expect(fp4Book.reach).toBeCloseTo(1 / 6, 6);
  expect(fp4BnbBook.reach).toBeCloseTo(1 / 6, 6);
});

it("packs nf4 as int4 packs its codes, and fills up with the code of 0", () => {
  const values = Float32Array.of(-1, 1, 0.7, -0.3, 0.02);
  const { weights, scales } = packTensor(
    quantizeTensor(values, 1, 5, format("nf4", "row")),
    "packed",
  );
  // Elements 0 to 3 in the low nibbles of the bytes, 4 to 7 in the high ones: 0 15 14 4 | 7 7 7 7.
  expect(weights[0]).toBe(0x747e7f70);
  expect(weights[1]).toBe(0x77777777);
  expect(scales).toEqual(Uint32Array.of(0x3c00, 0));
});

/** All 80 candidates in full, the first of the best. */
function plainClip(book: Codebook, values: Float32Array): number {
  const largest = values.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  let best = { error: Number.POSITIVE_INFINITY, scale: 0 };
  for (let i = 0; i < 80; i++) {
    const wanted = Math.fround(largest * Math.fround(1 - i / 100));
    const tensor = quantizeTensor(Float32Array.of(wanted), 1, 1, format("nf4", "row"));
    const scale = f16ToF32(tensor.scales?.[0] ?? 0);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    let error = 0;
    for (const w of values) {
      error += (w - scale * (book.levels[nearest(book, Math.fround(w * inverse))] ?? 0)) ** 2;
    }
    if (error < best.error) best = { error, scale };
  }
  return best.scale;
}

describe.each(books)("%s@clip", (id, book) => {
  const scaleOf = (values: Float32Array, method: Method) => {
    const tensor = quantizeTensor(values, 1, values.length, format(id, "row", { method }));
    return f16ToF32(tensor.scales?.[0] ?? 0);
  };

  it("finds what the full search finds", () => {
    const samples = [...Array(8).keys()].flatMap((seed) => [gauss(32, seed), laplace(128, seed)]);
    for (const values of [...samples, ...Object.values(hostileGroups)]) {
      expect(scaleOf(values, "clip")).toBe(plainClip(book, values));
    }
  });
});

describe("double quantisation", () => {
  it("costs next to nothing", () => {
    const values = laplace(256 * 1024, 5);
    for (const id of ["nf4", "fp4"]) {
      const [plain = 0, doubled = 0] = [id, `${id}-dq`].map((name) =>
        snr(values, dequantizeTensor(quantizeTensor(values, 256, 1024, format(name, 64)))),
      );
      expect(doubled).toBeGreaterThan(plain - 0.1);
    }
  });

  it("takes 4.127 bits a weight in groups of 64", () => {
    const { weights, scales } = tensorBytes(format("nf4-dq", 64), 4096, 4096, "packed");
    // The header and the spare factors of a stack are 60 bytes.
    expect((8 * (weights + scales - 60)) / 4096 ** 2).toBe(4 + 8 / 64 + 32 / (64 * 256));
  });

  it("keeps groups of zeros at zero beside others", () => {
    const values = gauss(4 * 64, 6);
    values.fill(0, 32, 96);
    const restored = dequantizeTensor(quantizeTensor(values, 4, 64, format("nf4-dq", 32)));
    expect(restored.subarray(32, 96).every((value) => value === 0)).toBe(true);
  });

  it("has products of factors and codes that are exact in f32", () => {
    const { factors = new Float32Array(0) } = quantizeTensor(
      laplace(64 * 1024, 7),
      64,
      1024,
      format("nf4-dq", 32),
    );
    expect(factors.length).toBe(1 + (64 * 1024) / 32 / 256);
    for (const factor of factors.subarray(1)) {
      for (let code = -127; code <= 127; code++)
        expect(Math.fround(factor * code)).toBe(factor * code);
    }
  });
});
