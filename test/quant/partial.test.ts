import { describe, expect, it } from "vitest";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { format, gauss, laplace } from "./support.ts";

const salient = (code: number): boolean => code >= 0x100;

it("packs a block by hand: signs, a bitmap, then salient bytes in order", () => {
  const values = new Float32Array(160).fill(-1);
  values.set([1, 127, 2, -3], 0);
  values.set([-64, 5], 62);
  for (let i = 100; i < 112; i++) values[i] = i - 90;
  // Sixteen of 160 are salient: 127, -3, -64, 5 and the twelve from 10 to 21.
  const tensor = quantizeTensor(values, 1, 160, format("pb", "row"));
  expect(tensor.factors).toEqual(Float32Array.of(1));
  const { weights, scales } = packTensor(tensor, "packed");
  const words = Array.from({ length: 14 }, (_, i) => weights[32 * i] ?? 0);
  // 1 and 2 are positive and binary.
  expect(words.slice(0, 5)).toEqual([0b0101, 0, 0, 0, 0]);
  // Elements 1, 3, 62, 63 and 100 to 111.
  expect(words.slice(5, 10)).toEqual([0b1010, 0xc0000000, 0, 0xfff0, 0]);
  expect(words.slice(10)).toEqual([0x05c0fd7f, 0x0d0c0b0a, 0x11100f0e, 0x15141312]);
  // (142 + 1 + 2) / 144 as f16 and 1, for rows of four.
  expect(Array.from(scales ?? [])).toEqual([0x3c07, 0, 0x3c00, 0]);
});

describe.each([
  ["pb5", 5],
  ["pb", 10],
  ["pb20", 20],
] as const)("%s", (id, percent) => {
  it(`marks the largest ${percent} % of every 160`, () => {
    const values = laplace(3 * 480, 1);
    const { codes } = quantizeTensor(values, 3, 480, format(id, 32));
    for (let from = 0; from < values.length; from += 160) {
      const order = Array.from({ length: 160 }, (_, i) => from + i);
      order.sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0));
      const marked = order.map((i) => salient(codes[i] ?? 0));
      expect(marked.indexOf(false)).toBe((160 * percent) / 100);
      expect(marked.lastIndexOf(true)).toBe((160 * percent) / 100 - 1);
    }
  });

  it("keeps salient weights within half a step of 8 bits, and the best scale for the others", () => {
    const values = gauss(480, 2);
    const tensor = quantizeTensor(values, 1, 480, format(id, 32));
    const restored = dequantizeTensor(tensor);
    const step = tensor.factors?.[0] ?? 0;
    let [meets, square] = [0, 0];
    for (const [i, w] of values.entries()) {
      const own = restored[i] ?? 0;
      if (salient(tensor.codes[i] ?? 0)) {
        expect(Math.abs(w - own)).toBeLessThanOrEqual(step * 0.51);
      } else {
        meets += w * own;
        square += own * own;
      }
    }
    // The share of ŵ that least squares would take is 1.
    expect(meets / square).toBeCloseTo(1, 3);
  });

  it("is signs alone plus what salient weights differ by", () => {
    const values = gauss(320, 3);
    const x = gauss(320, 4);
    const tensor = quantizeTensor(values, 1, 320, format(id, "row"));
    const restored = dequantizeTensor(tensor);
    const binary = restored.find((_, i) => !salient(tensor.codes[i] ?? 0)) ?? 0;
    let [dense, apart] = [0, 0];
    for (const [i, input] of x.entries()) {
      const sign = Math.sign(values[i] ?? 0) * Math.abs(binary);
      dense += (restored[i] ?? 0) * input;
      apart += sign * input;
      if (salient(tensor.codes[i] ?? 0)) apart += ((restored[i] ?? 0) - sign) * input;
    }
    expect(apart).toBeCloseTo(dense, 5);
  });

  it("takes a bit for signs, one for the bitmap, 8 for salient weights, and f16 a group and a row", () => {
    const { weights, scales } = tensorBytes(format(id, 32), 64, 1600, "packed");
    expect((8 * weights) / (64 * 1600)).toBe(2 + (8 * percent) / 100);
    expect(scales).toBe(2 * 64 * (1600 / 32 + 1));
  });
});
