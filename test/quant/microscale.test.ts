import { describe, expect, it } from "vitest";
import { decodeE4m3, doubledE2m1, encodeE2m1, encodeE4m3 } from "../../src/quant/microscale.ts";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { format, gauss } from "./support.ts";

describe("e2m1", () => {
  it("has the sixteen numbers of the specification", () => {
    const numbers = Array.from({ length: 16 }, (_, code) => doubledE2m1(code) / 2);
    expect(numbers).toEqual([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6]);
    for (const [code, number] of numbers.entries()) {
      expect(encodeE2m1(number)).toBe(code === 8 ? 0 : code);
    }
  });

  it("rounds ties to even codes, and holds what is beyond 6", () => {
    const rounded = (value: number) => doubledE2m1(encodeE2m1(value)) / 2;
    expect([0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5].map(rounded)).toEqual([0, 1, 1, 2, 2, 4, 4]);
    expect([-0.25, -0.75, -5, 5.01, 7, -100].map(rounded)).toEqual([0, -1, -4, 6, 6, -6]);
  });
});

describe("e4m3", () => {
  it("comes back, all numbers from 0 to 448", () => {
    for (let byte = 0; byte <= 0x7e; byte++) expect(encodeE4m3(decodeE4m3(byte))).toBe(byte);
    expect(decodeE4m3(0x7e)).toBe(448);
    expect(decodeE4m3(0x38)).toBe(1);
    expect(decodeE4m3(1)).toBe(2 ** -9);
  });

  it("takes the nearest, ties to even", () => {
    for (let byte = 0; byte < 0x7e; byte++) {
      const [low, high] = [decodeE4m3(byte), decodeE4m3(byte + 1)];
      const middle = (low + high) / 2;
      expect(encodeE4m3(middle)).toBe(byte % 2 === 0 ? byte : byte + 1);
      expect(encodeE4m3(middle * (1 - 1e-9))).toBe(byte);
      expect(encodeE4m3(middle * (1 + 1e-9))).toBe(byte + 1);
    }
    expect(encodeE4m3(1e9)).toBe(0x7e);
    expect(encodeE4m3(-1)).toBe(0);
  });
});

describe("mxfp4", () => {
  it("scales a group by the power of two below its largest magnitude, over 4", () => {
    const values = new Float32Array(64);
    values.set([5, -1.2, 0.3, 7.9]);
    values.set([0.375, 0.0625], 32);
    const tensor = quantizeTensor(values, 1, 64, format("mxfp4"));
    // 2^0 for the first 32; 2^-2 / 4 for the others: 0.375 is 6 of it, 0.0625 is 1.
    expect(tensor.scales).toEqual(Uint8Array.of(127, 123));
    expect(Array.from(dequantizeTensor(tensor).subarray(0, 4))).toEqual([4, -1, 0.5, 6]);
    expect(Array.from(dequantizeTensor(tensor).subarray(32, 34))).toEqual([0.375, 0.0625]);
    const { scales, weights } = packTensor(tensor, "packed");
    expect(scales).toEqual(Uint32Array.of(127, 123));
    // Codes 6, 10, 1, 7 in the low nibbles.
    expect(weights[0]).toBe(0x07010a06);
  });

  it("gives back what its own numbers are", () => {
    const values = Float32Array.from({ length: 32 }, (_, i) => (doubledE2m1(i % 16) / 2) * 2 ** -7);
    expect(dequantizeTensor(quantizeTensor(values, 1, 32, format("mxfp4")))).toEqual(
      values.map((value) => value + 0),
    );
  });

  it("takes 4.25 bits a weight", () => {
    const { weights, scales } = tensorBytes(format("mxfp4"), 64, 1024, "packed");
    expect((8 * (weights + scales)) / (64 * 1024)).toBe(4.25);
  });
});

describe("nvfp4", () => {
  it("puts the matrix's largest group on e4m3's largest number", () => {
    const values = gauss(8 * 64, 3);
    values[70] = 9;
    const tensor = quantizeTensor(values, 8, 64, format("nvfp4"));
    expect(tensor.scales?.length).toBe(8 * 4);
    expect(Math.max(...(tensor.scales ?? []))).toBe(0x7e);
    expect(tensor.factors).toEqual(Float32Array.of(9 / (6 * 448)));
    expect(dequantizeTensor(tensor)[70]).toBeCloseTo(9, 5);
  });

  it("has two scales a row and span behind a header", () => {
    const tensor = quantizeTensor(gauss(6 * 80, 4), 6, 80, format("nvfp4"));
    const { scales = new Uint32Array(0), quads } = packTensor(tensor, "packed");
    expect(Array.from(scales.subarray(0, 4))).toEqual([0, 0xffffffff, 0xffffffff, 0xffffffff]);
    const bytes = new Uint8Array(scales.buffer, 48);
    for (let row = 0; row < 6; row++) {
      for (let group = 0; group < 5; group++) {
        const at = ((group >> 1) * quads * 4 + row) * 2 + (group & 1);
        expect(bytes[at]).toBe(tensor.scales?.[row * 5 + group]);
      }
    }
  });

  it("takes 4.5 bits a weight and 48 bytes", () => {
    const { weights, scales } = tensorBytes(format("nvfp4"), 64, 1024, "packed");
    expect((8 * (weights + scales - 48)) / (64 * 1024)).toBe(4.5);
  });
});
