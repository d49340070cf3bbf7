import { describe, expect, it } from "vitest";
import { distinct, repetition, writingResult } from "../../src/lab/repetition.ts";

describe("how a text repeats itself", () => {
  it("counts different runs of n tokens over all", () => {
    expect(distinct([1, 2, 1, 2, 3], 1)).toBe(3 / 5);
    // 12 21 12 23
    expect(distinct([1, 2, 1, 2, 3], 2)).toBe(3 / 4);
    expect(distinct([7], 2)).toBeNull();
    // Ids are not digits: 1,23 is not 12,3.
    expect(distinct([1, 23, 12, 3], 2)).toBe(1);
  });

  it("is the share of runs of four that came before", () => {
    // 1212 2121 1212 2121 1212: two different of five.
    expect(repetition([1, 2, 1, 2, 1, 2, 1, 2])).toBeCloseTo(3 / 5, 12);
    expect(repetition([1, 2, 3, 4, 5, 6])).toBe(0);
    expect(repetition([1, 1, 1])).toBe(0);
    expect(repetition([])).toBe(0);
  });
});

describe("how two models wrote", () => {
  it("is the mean over texts, the difference text by text", () => {
    const loop = [1, 2, 1, 2, 1, 2, 1, 2];
    const free = [1, 2, 3, 4, 5, 6, 7, 8];
    const result = writingResult(0.5, [free, free], [loop, free]);
    expect(result).toMatchObject({ temperature: 0.5, texts: 2 });
    expect(result.reference.repetition).toEqual({ value: 0, interval: null });
    expect(result.candidate.repetition.value).toBeCloseTo(0.3, 12);
    expect(result.candidate.distinct1.value).toBeCloseTo((2 / 8 + 1) / 2, 12);
    expect(result.candidate.length.value).toBe(8);
    expect(result.difference.value).toBeCloseTo(0.3, 12);
  });

  it("has intervals from eight texts on", () => {
    const texts = Array.from({ length: 8 }, (_, at) => [1, 1, 1, 1, 1, at]);
    const { candidate } = writingResult(1, texts, texts);
    const { value, interval } = candidate.distinct1;
    expect(interval?.low).toBeLessThanOrEqual(value);
    expect(interval?.high).toBeGreaterThanOrEqual(value);
  });
});
