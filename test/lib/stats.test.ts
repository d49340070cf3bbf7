import { describe, expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import {
  bootstrapMean,
  mean,
  median,
  pairedDifference,
  percentile,
  wilson,
} from "../../src/lib/stats.ts";

describe("percentile", () => {
  it("is linear between ranks, as numpy.percentile", () => {
    const values = [15, 20, 35, 40, 50];
    expect(percentile(values, 40)).toBeCloseTo(29, 12);
    expect(percentile(values, 0)).toBe(15);
    expect(percentile(values, 100)).toBe(50);
    expect(percentile([7], 99)).toBe(7);
  });

  it("sorts numbers as numbers and leaves its input alone", () => {
    const values = [10, 9, 100, 1];
    expect(median(values)).toBe(9.5);
    expect(values).toEqual([10, 9, 100, 1]);
    expect(median(Float32Array.of(3, 1, 2))).toBe(2);
  });

  it("refuses what has no answer", () => {
    expect(() => percentile([], 50)).toThrow();
    expect(() => percentile([1], 101)).toThrow();
    expect(() => mean([])).toThrow();
  });
});

describe("bootstrapMean", () => {
  const rng = createRng(11);
  const blocks = Array.from({ length: 40 }, (_, i) =>
    Float64Array.from({ length: 20 + i }, () => 2 + rng.gauss()),
  );
  const sums = blocks.map((block) => block.reduce((sum, value) => sum + value, 0));
  const counts = blocks.map((block) => block.length);

  it("is the same for the same seed", () => {
    const drawn = (seed: number) => bootstrapMean(sums, counts, { seed });
    expect(drawn(4)).toEqual(drawn(4));
    expect(drawn(4)).not.toEqual(drawn(5));
  });

  it("gives the mean over all values and about the width that theory predicts", () => {
    const all = blocks.flatMap((block) => Array.from(block));
    const interval = bootstrapMean(sums, counts);
    expect(interval?.mean).toBeCloseTo(mean(all), 12);
    const width = (interval?.high ?? 0) - (interval?.low ?? 0);
    const expected = (2 * 1.96) / Math.sqrt(all.length);
    expect(width / expected).toBeGreaterThan(0.7);
    expect(width / expected).toBeLessThan(1.4);
  });

  it("knows nothing of the spread of one block", () => {
    expect(bootstrapMean([6], [3])).toBeNull();
    expect(bootstrapMean([6, 0], [3, 0])).toBeNull();
  });
});

describe("wilson", () => {
  it("agrees with published values", () => {
    expect(wilson(8, 10).low).toBeCloseTo(0.4902, 4);
    expect(wilson(8, 10).high).toBeCloseTo(0.9433, 4);
    expect(wilson(0, 10)).toMatchObject({ mean: 0, low: 0 });
    expect(wilson(0, 10).high).toBeCloseTo(0.2775, 4);
    expect(wilson(10, 10)).toMatchObject({ mean: 1, high: 1 });
    expect(wilson(0, 0)).toEqual({ mean: 0, low: 0, high: 1 });
  });
});

describe("pairedDifference", () => {
  it("is the second share minus the first, with Newcombe's interval", () => {
    // By hand, 50 items. Wilson of 48: 0.8654 to 0.9890, of 38: 0.6259 to 0.8570. 36 * 0 - 12 * 2 = -24; phi = -24 / sqrt(48 * 2 * 38 * 12).
    const {
      mean: difference,
      low,
      high,
    } = pairedDifference({
      both: 36,
      first: 12,
      second: 2,
      neither: 0,
    });
    expect(difference).toBeCloseTo(-0.2, 12);
    expect(low).toBeCloseTo(-0.3404, 4);
    expect(high).toBeCloseTo(-0.0569, 4);
  });

  it("turns round with its sides", () => {
    const one = pairedDifference({ both: 53, first: 4, second: 1, neither: 2 });
    const other = pairedDifference({ both: 53, first: 1, second: 4, neither: 2 });
    expect(one.low).toBeCloseTo(-other.high, 12);
    expect(one.low).toBeCloseTo(-0.1466, 4);
    expect(one.high).toBeCloseTo(0.037, 4);
  });

  it("keeps a width where no item differs, and less of it the more items there are", () => {
    const half = pairedDifference({ both: 50, first: 0, second: 0, neither: 50 });
    expect(half.mean).toBe(0);
    expect(half.high).toBeCloseTo(0.0192, 4);
    expect(half.low).toBeCloseTo(-0.0192, 4);
    const more = pairedDifference({ both: 500, first: 0, second: 0, neither: 500 });
    expect(more.high).toBeGreaterThan(0);
    expect(more.high).toBeLessThan(half.high);
    expect(pairedDifference({ both: 0, first: 0, second: 0, neither: 0 })).toEqual({
      mean: 0,
      low: -1,
      high: 1,
    });
  });
});
