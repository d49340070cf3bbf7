import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dequantizeActivations, quantizeActivations } from "../../src/quant/activations.ts";
import { gauss } from "./support.ts";

const widths = [8, 6, 4, 2] as const;

describe.each(widths)("a%d", (bits) => {
  const largest = 2 ** (bits - 1) - 1;

  it("scales every span of 32 by its own largest magnitude", () => {
    const values = gauss(80, 1);
    values[3] = -50;
    const { codes, scales, sums } = quantizeActivations(values, bits);
    expect(scales.length).toBe(3);
    expect(sums.length).toBe(3);
    for (let span = 0; span < 3; span++) {
      const part = values.subarray(32 * span, 32 * span + 32);
      const most = part.reduce((m, x) => Math.max(m, Math.abs(x)), 0);
      expect(scales[span]).toBe(Math.fround(most * Math.fround(1 / largest)));
      const own = codes.subarray(32 * span, 32 * span + 32);
      expect(sums[span]).toBe(own.reduce((sum, code) => sum + code, 0));
      expect(own.reduce((m, code) => Math.max(m, Math.abs(code)), 0)).toBe(largest);
    }
    expect(codes[3]).toBe(-largest);
  });

  it("errs by half a step at most", () => {
    const anyValue = fc.float({ min: -(2 ** 100), max: 2 ** 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 70 }), (list) => {
        const values = Float32Array.from(list);
        const quantised = quantizeActivations(values, bits);
        const restored = dequantizeActivations(quantised);
        return values.every((x, i) => {
          const scale = quantised.scales[i >> 5] ?? 0;
          // Two roundings of f32 in the code and one in the product.
          return Math.abs(x - (restored[i] ?? 0)) <= scale * (0.5 + 1e-4) + 2 ** -126 * largest;
        });
      }),
    );
  });

  it("gives zeros for zeros and for what is too small to have a scale", () => {
    const { codes, scales } = quantizeActivations(
      Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? 0 : 1e-40)),
      bits,
    );
    expect(codes).toEqual(new Int8Array(64));
    expect(scales).toEqual(new Float32Array(2));
  });
});

it("rounds halves to even", () => {
  const values = Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5);
  expect(quantizeActivations(values, 8).codes).toEqual(Int8Array.of(127, 0, 2, 2, 0, -2));
});

it("refuses what is not a number", () => {
  expect(() => quantizeActivations(Float32Array.of(1, Number.NaN), 8)).toThrow();
  expect(() => quantizeActivations(Float32Array.of(Number.POSITIVE_INFINITY), 8)).toThrow();
});
