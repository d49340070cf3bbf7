import { describe, expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { bootstrapMean, mean, median, percentile, wilson } from "../../src/lib/stats.ts";

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
