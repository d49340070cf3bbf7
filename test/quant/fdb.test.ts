import { describe, expect, it } from "vitest";
import { encodePair, fitPair, pairLevels } from "../../src/quant/fdb.ts";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { SortedGroup } from "../../src/quant/sorted-group.ts";
import { snr } from "../support/snr.ts";
import { format, gauss, laplace } from "./support.ts";

describe("a pair of planes", () => {
  const pair = { first: 1.4, second: -0.7 };

  it("has the codes of the paper's rule", () => {
    const values = Float32Array.of(-1, -0.3, 0.2, 0.5, 1.2);
    const codes = new Uint8Array(5);
    encodePair(values, pair, codes, 0, 5);
    expect(Array.from(codes, (code) => code & 1)).toEqual([0, 0, 0, 1, 1]);
    expect(Array.from(codes, (code) => code >> 1)).toEqual([1, 0, 0, 1, 0]);
    const levels = Array.from(codes, (code) => pairLevels(pair)[code]);
    expect(levels.map((level) => Math.fround(level ?? 0))).toEqual(
      [-0.7, 0, 0, 0.7, 1.4].map(Math.fround),
    );
  });

  it.each([1, -1])("takes the nearest level, with the sign %d", (sign) => {
    const turned = { first: sign * 1.3, second: sign * -0.5 };
    const values = gauss(500, 7);
    const codes = new Uint8Array(500);
    encodePair(values, turned, codes, 0, 500);
    const levels = Array.from(pairLevels(turned));
    for (const [i, value] of values.entries()) {
      const distance = Math.abs(value - (levels[codes[i] ?? 0] ?? 0));
      expect(distance).toBeLessThanOrEqual(
        Math.min(...levels.map((level) => Math.abs(value - level))) + 1e-6,
      );
    }
  });
});

it("begins with a step of half the largest magnitude", () => {
  const values = Float32Array.of(4, -2.2, 1.2, 0.9, -4, 0, 3.1, 2.9);
  const tensor = quantizeTensor(values, 1, 8, format("fdb", 32));
  // 4 and -2 as f16.
  expect(tensor.scales).toEqual(Uint16Array.of(0x4400, 0xc000));
  expect(Array.from(dequantizeTensor(tensor))).toEqual([4, -2, 2, 0, -2, 0, 4, 2]);
});

it("packs a block by hand: 2-bit codes, and both scales of a row in a word", () => {
  const values = new Float32Array(32);
  values.set([4, 2, -2, 0, 4]);
  const { weights, scales } = packTensor(
    quantizeTensor(values, 1, 32, format("fdb", 32)),
    "packed",
  );
  // Codes 1, 3, 2, 0 in the bytes' low bits, then 1 above.
  expect(weights[0]).toBe(0x00020301 | (1 << 2));
  expect(Array.from(scales ?? [])).toEqual([0xc0004400, 0, 0, 0]);
});

it("turns both scales where weights lean to the negative", () => {
  const values = Float32Array.from({ length: 32 }, (_, i) => [-2, -1, 0, 1][i % 4] ?? 0);
  const tensor = quantizeTensor(values, 1, 32, format("fdb", 32, { method: "clip" }));
  expect(tensor.scales).toEqual(Uint16Array.of(0xc000, 0x3c00));
  expect(dequantizeTensor(tensor)).toEqual(values);
});

describe("a fit of both scales", () => {
  it("is no worse from round to round, and says its error", () => {
    const group = new SortedGroup();
    for (let seed = 1; seed <= 40; seed++) {
      const values = laplace(64, seed);
      group.load(values, 0, 64, false);
      const sign = seed % 2 === 0 ? 1 : -1;
      const errors: number[] = [];
      const pair = fitPair(group, { first: 2 * sign, second: -sign }, (error) =>
        errors.push(error),
      );
      for (const [round, error] of errors.entries()) {
        expect(error).toBeLessThanOrEqual((errors[round - 1] ?? Infinity) * (1 + 1e-9));
      }
      const codes = new Uint8Array(64);
      encodePair(values, pair, codes, 0, 64);
      const levels = pairLevels(pair);
      const found = values.reduce((sum, w, i) => sum + (w - (levels[codes[i] ?? 0] ?? 0)) ** 2, 0);
      expect(found).toBeCloseTo(Math.min(...errors), 4);
    }
  });

  it("is better than the best step", () => {
    const values = gauss(64 * 1024, 9);
    const quality = (method: "rtn" | "clip" | "fit") => {
      const kind = format("fdb", 32, { method });
      return snr(values, dequantizeTensor(quantizeTensor(values, 64, 1024, kind)));
    };
    expect(quality("clip")).toBeGreaterThan(quality("rtn") + 1);
    expect(quality("fit")).toBeGreaterThan(quality("clip") + 0.1);
  });
});

it("takes two bits and two f16 a group", () => {
  const { weights, scales } = tensorBytes(format("fdb", 32), 64, 1024, "packed");
  expect((8 * (weights + scales)) / (64 * 1024)).toBe(3);
});
