import { describe, expect, it } from "vitest";
import { packTensor, tensorBytes, unpackTensor } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { formatName, parseSetting } from "../../src/quant/setting.ts";
import { expectEqual, format, gauss } from "./support.ts";

/** 3^20 - 1 over 2: twenty zeros. */
const ZEROS = 1743392200;

describe("a word of base 3", () => {
  it("has the first of twenty levels as its least digit", () => {
    const tensor = quantizeTensor(Float32Array.of(1, -1, ...new Array(18).fill(0)), 1, 20, {
      ...format("twn", "row"),
    });
    const { weights } = packTensor(tensor, "packed");
    expect(weights[0]).toBe(1743392198);
    // The block's other seven words, and the tile's other rows.
    expect(weights.length).toBe(8 * 32);
    expect(new Set(weights.subarray(1))).toEqual(new Set([ZEROS]));
  });

  it("holds every level in every place", () => {
    for (const level of [-1, 0, 1]) {
      const values = Float32Array.from({ length: 160 * 3 }, (_, i) => (i % 7 === 0 ? 1 : level));
      const tensor = quantizeTensor(values, 3, 160, format("twn", "row"));
      expectEqual(unpackTensor(packTensor(tensor, "packed")), tensor);
    }
  });
});

it("has a plane of ones and a plane of minus ones", () => {
  const tensor = quantizeTensor(Float32Array.of(1, -1, 0, 1, -1, -1), 1, 6, format("twn", 32));
  const { weights } = packTensor(tensor, "planes");
  expect([weights[0], weights[32]]).toEqual([0b001001, 0b110010]);
});

describe("ternary", () => {
  it("is -1, 0 or 1 of the matrix's mean magnitude, 0 up to half of it", () => {
    const values = Float32Array.of(0.5, -0.51, 4, -1, 0, -0.5, 0.49, 1);
    const tensor = quantizeTensor(values, 2, 4, format("ternary"));
    // Mean 8 / 8.
    expect(tensor.factors).toEqual(Float32Array.of(1));
    expect(dequantizeTensor(tensor)).toEqual(Float32Array.of(0, -1, 1, -1, 0, 0, 0, 1));
  });

  it("makes 31 % of normal weights 0", () => {
    const { codes } = quantizeTensor(gauss(65536, 1), 64, 1024, format("ternary"));
    expect(codes.filter((code) => code === 0).length / 65536).toBeCloseTo(0.31, 2);
  });

  it("takes 1.6 bits, rows of whole blocks", () => {
    const { weights, scales } = tensorBytes(format("ternary"), 64, 1600, "packed");
    expect((8 * weights) / (64 * 1600)).toBe(1.6);
    expect(scales).toBe(48);
  });
});

describe("ternary by group", () => {
  it("keeps what is above 0.7 of the group's mean, at its mean", () => {
    const values = new Float32Array(64);
    values.set([3, -3, 1, 1, 0, 0, 0, 0]);
    values.set([0.25, -0.25], 32);
    const tensor = quantizeTensor(values, 1, 64, format("twn", 32));
    // Means 1/4 and 1/64; survivors 3 3 1 1 and 1/4 1/4.
    expect(tensor.scales).toEqual(Uint16Array.of(0x4000, 0x3400));
    const restored = dequantizeTensor(tensor);
    expect(Array.from(restored.subarray(0, 5))).toEqual([2, -2, 2, 2, 0]);
    expect(Array.from(restored.subarray(32, 35))).toEqual([0.25, -0.25, 0]);
  });

  it("shares its name with the format for whole matrices", () => {
    expect(parseSetting("ternary").base.id).toBe("ternary");
    expect(parseSetting("ternary-g64").base).toEqual(format("twn", 64));
    expect(formatName(format("twn", "row"))).toBe("ternary-row");
    expect(() => parseSetting("twn-g32")).toThrow("is not a weight format");
  });
});
