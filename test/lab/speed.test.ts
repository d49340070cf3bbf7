import { expect, it } from "vitest";
import { mergeSamples, summariseSpeed } from "../../src/lab/speed.ts";
import { interleave } from "../../src/lib/turns.ts";

const sample = { promptTokens: 128, tokens: 64, warmups: 1, cold: null, counters: null };

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
  const cold = { prefillMs: 300, decodeMs: 9 };
  const first = { ...sample, cold, prefillMs: [60], decodeMs: [2] };
  const second = { ...sample, prefillMs: [64], decodeMs: [3] };
  expect(mergeSamples([first, second])).toEqual({
    ...sample,
    warmups: 2,
    cold,
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
