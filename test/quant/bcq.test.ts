import { describe, expect, it } from "vitest";
import { apot } from "../../src/quant/bcq.ts";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { PlaneFit } from "../../src/quant/plane-fit.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { format, gauss, laplace } from "./support.ts";

describe.each([1, 2, 3, 4])("%d planes", (planes) => {
  it("fit no worse from round to round", () => {
    const fit = new PlaneFit(planes);
    for (let seed = 1; seed <= 20; seed++) {
      const errors: number[] = [];
      fit.run(laplace(64, seed), 0, 64, (error) => errors.push(error));
      for (const [round, error] of errors.entries()) {
        expect(error).toBeLessThanOrEqual((errors[round - 1] ?? Infinity) * (1 + 1e-9));
      }
    }
  });

  it("have the squared error that they say", () => {
    const fit = new PlaneFit(planes);
    const values = gauss(64, 3);
    const errors: number[] = [];
    fit.run(values, 0, 64, (error) => errors.push(error));
    const codes = new Uint8Array(64);
    fit.encode(values, codes, 0, 64);
    const found = values.reduce((sum, w, i) => {
      const level = fit.alphas.reduce(
        (all, a, p) => all + (((codes[i] ?? 0) >> p) & 1 ? a : -a),
        0,
      );
      return sum + (w - level) ** 2;
    }, 0);
    expect(found).toBeCloseTo(Math.min(...errors), 6);
  });
});

it("with one plane is the mean magnitude", () => {
  const values = gauss(32, 5);
  const fit = new PlaneFit(1);
  fit.run(values, 0, 32);
  expect(fit.alphas[0]).toBeCloseTo(values.reduce((sum, w) => sum + Math.abs(w), 0) / 32, 12);
});

it("finds the scales of what is made of two planes", () => {
  const values = Float32Array.from({ length: 32 }, (_, i) => [1.5, 0.5, -0.5, -1.5][i % 4] ?? 0);
  const tensor = quantizeTensor(values, 1, 32, format("bcq2", 32));
  // 1 and 0.5 as 64 and 32 times 2^-6.
  expect(tensor.scales).toEqual(Uint8Array.of(64, 32, 121));
  expect(dequantizeTensor(tensor)).toEqual(values);
  const { weights, scales } = packTensor(tensor, "packed");
  // Codes 3, 1, 2, 0, the same four in all eight places.
  expect(Array.from([weights[0], weights[1]])).toEqual([0x00aa55ff, 0x00aa55ff]);
  expect(scales).toEqual(Uint32Array.of(64, 32, 121));
});

describe("sums of powers of two", () => {
  it("are nearer with every term", () => {
    for (const value of gauss(200, 6).map((w) => Math.abs(60 * w))) {
      const errors = [1, 2, 3].map((terms) => Math.abs(value - apot(value, terms)));
      expect(errors[1]).toBeLessThanOrEqual(errors[0] ?? 0);
      expect(errors[2]).toBeLessThanOrEqual(errors[1] ?? 0);
      expect(errors[2]).toBeLessThanOrEqual(Math.max(0.072 * value, 0.75));
    }
  });

  it("take a term from above as well as from below", () => {
    expect([apot(7), apot(7, 1), apot(11), apot(171), apot(0)]).toEqual([7, 8, 11, 168, 0]);
  });
});

it.each([2, 3, 4])("%d planes take a byte each a group, and one for all", (planes) => {
  const { weights, scales } = tensorBytes(format(`bcq${planes}`, 32), 64, 1024, "packed");
  expect((8 * (weights + scales)) / (64 * 1024)).toBe(planes + (8 * (planes + 1)) / 32);
});
