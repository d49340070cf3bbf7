import { expect, it } from "vitest";
import { interleave, mergeSamples, splitRepeats, summariseSpeed } from "../../src/lab/speed.ts";

const sample = { promptTokens: 128, tokens: 64, warmups: 1 };

it("states medians, spread and tokens a second", () => {
  const decodeMs = [2, 2.02, 1.98, 2.01, 1.99];
  const { prefill, decode } = summariseSpeed({ ...sample, prefillMs: [60, 64, 70], decodeMs });
  expect(prefill).toMatchObject({ medianMs: 64, steady: false, samples: 3, tokensPerSecond: 2000 });
  expect(prefill.p10Ms).toBeCloseTo(60.8, 12);
  expect(prefill.p90Ms).toBeCloseTo(68.8, 12);
  expect(prefill.spread).toBeCloseTo(8 / 64, 12);
  expect(decode).toMatchObject({ medianMs: 2, steady: true, tokensPerSecond: 500 });
});

it("is not moved by one interruption", () => {
  const decodeMs = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 90];
  const { decode } = summariseSpeed({ ...sample, prefillMs: [64], decodeMs });
  expect(decode).toMatchObject({ medianMs: 2, spread: 0, steady: true });
});

it("merges samples of one setting and refuses those of another length", () => {
  const first = { ...sample, prefillMs: [60], decodeMs: [2] };
  const second = { ...sample, prefillMs: [64], decodeMs: [3] };
  expect(mergeSamples([first, second])).toEqual({
    ...sample,
    warmups: 2,
    prefillMs: [60, 64],
    decodeMs: [2, 3],
  });
  expect(() => mergeSamples([first, { ...second, tokens: 32 }])).toThrow("different lengths");
  expect(() => mergeSamples([])).toThrow("no speed sample");
});

it("takes turns, forwards and backwards", async () => {
  const visits: string[] = [];
  await interleave(["a", "b", "c"], 3, async (item, round) => {
    visits.push(`${item}${round}`);
  });
  expect(visits.join(" ")).toBe("a0 b0 c0 c1 b1 a1 a2 b2 c2");
});

it("splits repeats evenly over rounds", () => {
  expect(splitRepeats(8, 3)).toEqual([3, 3, 2]);
  expect(splitRepeats(12, 4)).toEqual([3, 3, 3, 3]);
  expect(splitRepeats(2, 4)).toEqual([1, 1]);
  expect(splitRepeats(5, 1)).toEqual([5]);
});
