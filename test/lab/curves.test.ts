import { expect, it } from "vitest";
import type { CurveRequest, CurveSample } from "../../src/engine/protocol.ts";
import {
  curvePositions,
  curvePrompts,
  measureCurves,
  mergeCurves,
  summariseCurves,
} from "../../src/lab/curves.ts";

it("puts points from the start of the context to its end", () => {
  expect(curvePositions(512)).toEqual([8, 32, 64, 128, 256, 504]);
  expect(curvePositions(64)).toEqual([8, 32, 56]);
  expect(curvePositions(16)).toEqual([8]);
  expect(curvePrompts(512)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 511]);
  expect(curvePrompts(2)).toEqual([1]);
});

it("lets both sides take turns and warms each up once", async () => {
  const asked: string[] = [];
  const engine = {
    curves: async ({ side, positions, promptTokens, repeats, warmups }: CurveRequest) => {
      asked.push(`${side} ${warmups}`);
      const times = Array.from({ length: repeats }, () => asked.length);
      return {
        byPosition: positions.map((position) => ({ position, decodeMs: times })),
        prefillByTokens: promptTokens.map((tokens) => ({ tokens, prefillMs: times })),
        warmups: warmups ?? 1,
      };
    },
  };
  const sides = ["reference", "candidate"] as const;
  const fractions: number[] = [];
  const { signal } = new AbortController();
  const measured = await measureCurves(
    engine,
    sides,
    512,
    3,
    ({ fraction }) => fractions.push(fraction ?? 0),
    signal,
  );
  expect(asked).toEqual([
    "reference 1",
    "candidate 1",
    "candidate 0",
    "reference 0",
    "reference 0",
    "candidate 0",
  ]);
  expect(measured?.get("candidate")?.byPosition[0]).toEqual({ position: 8, decodeMs: [2, 3, 6] });
  expect(measured?.get("reference")?.warmups).toBe(1);
});

it("is nothing when it was stopped", async () => {
  const stop = new AbortController();
  stop.abort();
  const engine = { curves: () => Promise.reject(new Error("asked all the same")) };
  expect(
    await measureCurves(engine, ["candidate"], 512, 2, () => undefined, stop.signal),
  ).toBeNull();
});

it("merges repeats point by point and states their medians", () => {
  const curve = (ms: number): CurveSample => ({
    byPosition: [{ position: 8, decodeMs: [ms] }],
    prefillByTokens: [{ tokens: 64, prefillMs: [ms * 16] }],
    warmups: 1,
  });
  const { byPosition, prefillByTokens } = summariseCurves(
    mergeCurves(mergeCurves(curve(2), curve(4)), curve(3)),
  );
  expect(byPosition[0]).toMatchObject({ position: 8, medianMs: 3, samples: 3, steady: false });
  expect(prefillByTokens[0]).toMatchObject({ tokens: 64, medianMs: 48 });
  expect(prefillByTokens[0]?.tokensPerSecond).toBeCloseTo(64_000 / 48, 9);
});
