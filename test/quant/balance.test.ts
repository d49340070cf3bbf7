import { expect, it } from "vitest";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { snr } from "../support/snr.ts";
import { format, gauss } from "./support.ts";

it("spreads five levels from the least to the greatest weight", () => {
  const tensor = quantizeTensor(Float32Array.of(-0.8, 0.1, 1.2, 0.3), 1, 4, format("w2s", 32));
  expect(tensor.scales).toEqual(Uint16Array.of(0x3800));
  expect(tensor.zeros).toEqual(Uint8Array.of(2));
  expect(Array.from(tensor.codes)).toEqual([0, 2, 4, 3]);
  expect(dequantizeTensor(tensor)).toEqual(Float32Array.of(-1, 0, 1, 0.5));
  const { weights } = packTensor(tensor, "planes");
  // Padding behind the four has the code of the zero point, 2.
  expect([weights[0], weights[32], weights[64]]).toEqual([0b1000, 0xfffffffa, 0b0100]);
});

it("gives back what lies on its levels", () => {
  const levels = Float32Array.from({ length: 64 }, (_, i) => ((i % 5) - 2) / 4);
  expect(dequantizeTensor(quantizeTensor(levels, 1, 64, format("w2s", 32)))).toEqual(levels);
});

it("is better than four levels, and takes three bits, an f16 and a zero point", () => {
  const values = gauss(64 * 1024, 3);
  const quality = (id: string) =>
    snr(values, dequantizeTensor(quantizeTensor(values, 64, 1024, format(id, 32))));
  expect(quality("w2s")).toBeGreaterThan(quality("int2-asym") + 2);
  const { weights, scales } = tensorBytes(format("w2s", 32), 64, 1024, "packed");
  expect((8 * (weights + scales)) / (64 * 1024)).toBe(3 + 24 / 32);
});
