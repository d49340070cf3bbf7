import { describe, expect, it } from "vitest";
import { histogramOf, kMeans, sortedOf } from "../../src/quant/kmeans.ts";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { format, gauss, laplace } from "./support.ts";

/** The least squared error that k clusters of neighbours can have, by trying every cut. */
function leastCost(values: readonly number[], k: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const cost = (from: number, to: number): number => {
    const part = sorted.slice(from, to);
    const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
    return part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  };
  let best = Array.from({ length: n + 1 }, (_, to) => (to === 0 ? 0 : cost(0, to)));
  for (let cluster = 1; cluster < k; cluster++) {
    const before = best;
    best = before.map((_, to) => {
      const cuts = Array.from({ length: to }, (_, cut) => (before[cut] ?? 0) + cost(cut, to));
      return Math.min(...cuts, to === 0 ? 0 : Number.POSITIVE_INFINITY);
    });
  }
  return best[n] ?? 0;
}

describe("k-means", () => {
  it.each([4, 8])("comes near the best %d levels of all, and never goes back", (k) => {
    for (const seed of [1, 2, 3]) {
      const values = (seed === 2 ? laplace : gauss)(90, seed);
      const costs: number[] = [];
      kMeans(sortedOf(values), k, (cost) => costs.push(cost));
      for (const [i, cost] of costs.entries()) {
        expect(cost).toBeLessThanOrEqual((costs[i - 1] ?? Number.POSITIVE_INFINITY) + 1e-9);
      }
      // Lloyd's rounds end where no single step helps, which need not be the best of all.
      expect(costs.at(-1)).toBeLessThan(1.3 * leastCost([...values], k));
    }
  });

  it("finds levels that are there, also where many values are alike", () => {
    const values = Float32Array.from({ length: 400 }, (_, i) => (i < 390 ? 1 : (i % 3) + 2));
    expect([...kMeans(sortedOf(values), 4)]).toEqual([1, 2, 3, 4]);
    expect([...kMeans(histogramOf(values), 4)]).toEqual([1, 2, 3, 4]);
  });

  it("counts each f16 number once, and as often as it occurs", () => {
    const { values, counts } = histogramOf(Float32Array.of(2, -1, 0, 2, -0.5, -1, 2));
    expect([...values]).toEqual([-1, -0.5, 0, 2]);
    expect([...counts]).toEqual([0, 2, 3, 4, 7]);
  });
});

it("puts levels two a word behind the header, and a row's where the row stands", () => {
  const values = Float32Array.from({ length: 64 }, (_, i) => (i % 4) + 4 * Math.floor(i / 32));
  const whole = packTensor(quantizeTensor(values, 2, 32, format("pal8")), "packed");
  // 0, 1 .. 7 in f16.
  const [header, tables] = [12, [0x3c000000, 0x42004000, 0x45004400, 0x47004600]];
  expect([...(whole.scales ?? [])].slice(header, header + 4)).toEqual(tables);
  const rows = packTensor(quantizeTensor(values, 2, 32, format("pal4-row")), "packed");
  expect([...(rows.scales ?? [])]).toEqual([...tables, 0, 0, 0, 0]);
});

it("gives the same weights for levels in another order", () => {
  const tensor = quantizeTensor(gauss(256, 4), 4, 64, format("pal16"));
  const { codes, factors = new Float32Array(0) } = tensor;
  const turned = {
    ...tensor,
    codes: Uint8Array.from(codes, (code) => 15 - code),
    factors: factors.slice().reverse(),
  };
  expect(dequantizeTensor(turned)).toEqual(dequantizeTensor(tensor));
});

it("takes 4 bits a weight and a table", () => {
  const { weights, scales } = tensorBytes(format("pal16"), 512, 512, "packed");
  expect([8 * weights, scales]).toEqual([4 * 512 ** 2, 4 * (12 + 5 * 8)]);
  expect(tensorBytes(format("pal16-row"), 512, 512, "packed").scales).toBe(512 * 32);
});
