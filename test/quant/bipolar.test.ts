import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import type { QuantTensor } from "../../src/quant/types.ts";
import { format, gauss } from "./support.ts";

/** The first word of each of a row's planes. */
function planesOf(tensor: QuantTensor): number[] {
  const { weights, blocks } = packTensor(tensor, "planes");
  const bits = weights.length / (32 * blocks);
  return Array.from({ length: bits }, (_, plane) => weights[32 * plane] ?? 0);
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}

it("multiplies by exclusive or, as the paper has it", () => {
  const w = quantizeTensor(Float32Array.of(-3, -1, 1, 3), 1, 4, format("bipolar2", 32));
  const x = quantizeTensor(Float32Array.of(3, 3, -1, 1), 1, 4, format("bipolar2", 32));
  expect(Array.from(w.codes)).toEqual([0, 1, 2, 3]);
  expect(Array.from(x.codes)).toEqual([3, 3, 1, 2]);
  expect(planesOf(w)).toEqual([0b1010, 0b1100]);
  expect(planesOf(x)).toEqual([0b0111, 0b1011]);
  let sum = 0;
  for (const [i, own] of planesOf(w).entries()) {
    for (const [j, other] of planesOf(x).entries())
      sum += 2 ** (i + j) * (4 - 2 * ones(own ^ other));
  }
  expect(sum).toBe(-10);
});

it("meets signed activations by exclusive or, where inputs end too, as the kernel does", () => {
  const property = (codes: number[], inputs: number[], bits: number): boolean => {
    const [top, least] = [2 ** bits - 1, 2 ** (bits - 1)];
    const u = codes.map((code) => code % (top + 1));
    const q = inputs.slice(0, u.length).map((input) => (input % (2 * least)) - least);
    const word = (values: readonly number[], bit: number) =>
      values.reduce((all, value, e) => (all | (((value >> bit) & 1) << e)) >>> 0, 0);
    let sum = 0;
    for (let i = 0; i < bits; i++) {
      // Beyond the inputs the codes' padding may be anything.
      const plane = (word(u, i) | (u.length < 32 ? 0x55555555 << u.length : 0)) >>> 0;
      let met = ones(plane);
      for (let j = 0; j < bits; j++) {
        met += (j === bits - 1 ? -1 : 1) * 2 ** j * ones((plane ^ word(q, j)) >>> 0);
      }
      sum -= 2 ** i * met;
    }
    return sum === u.reduce((all, code, e) => all + (2 * code - top) * (q[e] ?? 0), 0);
  };
  const numbers = fc.array(fc.nat(255), { minLength: 32, maxLength: 32 });
  const some = fc.array(fc.nat(255), { minLength: 1, maxLength: 32 });
  fc.assert(fc.property(some, numbers, fc.integer({ min: 2, max: 8 }), property));
});

describe.each([1, 2, 3, 4])("bipolar%d", (bits) => {
  const top = 2 ** bits - 1;

  it("gives back its own levels", () => {
    const levels = Float32Array.from({ length: top + 1 }, (_, u) => (2 * u - top) / 8);
    const tensor = quantizeTensor(levels, 1, top + 1, format(`bipolar${bits}`, 32));
    expect(dequantizeTensor(tensor)).toEqual(levels);
  });

  it("has two's complement's bits with the top one flipped", () => {
    for (let v = -(2 ** (bits - 1)); v < 2 ** (bits - 1); v++) {
      const u = (v & top) ^ (1 << (bits - 1));
      expect(2 * u - top).toBe(2 * v + 1);
    }
  });

  it("takes its bits and an f16 a group", () => {
    const { weights, scales } = tensorBytes(format(`bipolar${bits}`, 32), 64, 1024, "packed");
    expect((8 * (weights + scales)) / (64 * 1024)).toBe(bits + 16 / 32);
  });
});

describe("bin", () => {
  it("packs a block by hand: a bit a sign, 0 positive, and the mean magnitude", () => {
    const values = new Float32Array(32).fill(-1);
    values.set([1, 2, 0, -0, 3]);
    const tensor = quantizeTensor(values, 1, 32, format("bin", 32));
    // Elements 0 to 3 are bits 0 of bytes 0 to 3, element 4 is bit 1 of byte 0.
    expect(packTensor(tensor, "packed").weights[0]).toBe(0x01010103);
    // (1 + 2 + 3 + 27) / 32 = 1.03125
    expect(tensor.scales).toEqual(Uint16Array.of(0x3c20));
  });

  it("has the scale of least squared error", () => {
    const values = gauss(128, 4);
    const restored = dequantizeTensor(quantizeTensor(values, 1, 128, format("bin", 128)));
    const error = (share: number) =>
      values.reduce((sum, w, i) => sum + (w - share * (restored[i] ?? 0)) ** 2, 0);
    expect(error(1)).toBeLessThan(error(1.01));
    expect(error(1)).toBeLessThan(error(0.99));
  });
});
