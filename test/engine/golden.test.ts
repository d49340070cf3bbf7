import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EngineOptions } from "../../src/engine/protocol.ts";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";
import {
  firmSteps,
  fixtureFloats,
  fixtureText,
  largestDifference,
  stories260KGolden,
  storiesGolden,
} from "../support/golden.ts";

const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 };

/** Every optional feature on, and each off: the paths without them must give the same model. */
const devices: [name: string, options: EngineOptions][] = [
  ["with every feature of the adapter", {}],
  [
    "without optional features, on default limits",
    {
      withoutFeatures: [
        "shader-f16",
        "subgroups",
        "timestamp-query",
        "packed_4x8_integer_dot_product",
      ],
      defaultLimits: true,
    },
  ],
];

describe.each(devices)("the stories model in f32, %s", (_, options) => {
  let opened: TestEngine;
  const golden = storiesGolden();

  beforeAll(async () => {
    opened = await openTestEngine("stories", options);
    await opened.engine.apply("reference", "f32", silent);
    await opened.engine.apply("candidate", "f32", silent);
  });
  afterAll(() => opened.engine.dispose());

  it.each([
    ["in batches", false],
    ["token by token", true],
  ])("gives the golden logits %s", async (_how, stepwise) => {
    const logits = await opened.engine.logits("candidate", golden.logits.ids, stepwise);
    const expected = fixtureFloats("stories/logits-16x2048.f32");
    expect(logits.length).toBe(expected.length);
    expect(largestDifference(logits, expected)).toBeLessThan(2e-4);
  });

  it.each(golden.greedy.slice(0, 2).map((run) => [run.prompt, run] as const))(
    "writes the golden text after %j",
    async (prompt, run) => {
      const { sides } = await opened.engine.generate(
        { prompt, maxTokens: 64, sampling: greedy, sides: ["candidate"], compare: false },
        silent,
      );
      const firm = firmSteps(run.margins);
      expect(sides[0]?.promptTokens).toEqual(run.ids);
      expect(sides[0]?.tokens.slice(0, firm)).toEqual(run.greedy.slice(0, firm));
    },
  );

  it("has no problem to report", () => expect(opened.problems).toEqual([]));
});

describe("stories260K in f32", () => {
  let opened: TestEngine;
  const golden = stories260KGolden();

  beforeAll(async () => {
    opened = await openTestEngine("stories260K");
    await opened.engine.apply("reference", "f32", silent);
    await opened.engine.apply("candidate", "f32", silent);
  });
  afterAll(() => opened.engine.dispose());

  it.each([
    ["in batches", false],
    ["token by token", true],
  ])("gives the golden logits %s", async (_how, stepwise) => {
    const logits = await opened.engine.logits("candidate", golden.logits_for, stepwise);
    expect(largestDifference(logits, fixtureFloats("stories260K/logits-16x512.f32"))).toBeLessThan(
      2e-4,
    );
  });

  it("writes llama2.c's text", async () => {
    const { sides } = await opened.engine.generate(
      { prompt: "", maxTokens: 180, sampling: greedy, sides: ["candidate"], compare: false },
      silent,
    );
    const [bos, ...expected] = golden.greedy_ids;
    expect(sides[0]?.promptTokens).toEqual([bos]);
    // The two best logits of step 185 are closer than rounding noise; none before is.
    expect(sides[0]?.tokens).toEqual(expected.slice(0, 180));
    expect(golden.greedy_text.startsWith(sides[0]?.text.trimStart() ?? "-")).toBe(true);
  });
});

describe("evaluation on the golden text", () => {
  it("scores the first two windows as an independent program does", async () => {
    const { engine } = await openTestEngine("stories");
    await engine.apply("reference", "f32", silent);
    await engine.apply("candidate", "int4-g32", silent);
    const text = fixtureText("stories/eval.txt");
    let reference = 0;
    let kl = 0;
    let first255 = 0;
    const request = { text, window: 256, stride: 128, maxTokens: 383 };
    const summary = await engine.evaluate(request, ({ rows }) => {
      for (const row of rows) {
        reference += row.referenceNll;
        kl += row.kl;
        if (row.position <= 255) first255 += row.referenceNll;
        expect(row.kl).toBeGreaterThanOrEqual(0);
        // methods.md B6, for every token of every run.
        expect(row.kl).toBeLessThanOrEqual(row.logRange ** 2 / 8);
        expect(Math.abs(row.candidateNll - row.referenceNll)).toBeLessThanOrEqual(row.logRange);
      }
    });
    // Again, with the reference's rows kept from the first time, and then of another stride, which they are not of.
    // It is the CPU that keeps them: one adapter shows it, the faster one.
    if (process.env.BITDIAL_ADAPTER !== "swiftshader") {
      const again: number[] = [];
      await engine.evaluate(request, ({ rows }) => {
        again.push(...rows.map((row) => row.kl));
        return undefined;
      });
      expect(again.reduce((sum, one) => sum + one, 0)).toBe(kl);
      let strided = 0;
      await engine.evaluate({ ...request, stride: 64, maxTokens: 255 }, ({ rows }) => {
        for (const row of rows) strided += row.referenceNll;
        return undefined;
      });
      expect(strided).toBeCloseTo(first255, 2);
    }
    await engine.apply("candidate", "f32", silent);
    await engine.evaluate({ ...request, maxTokens: 128 }, ({ rows }) => {
      for (const row of rows) {
        expect([row.kl, row.reverseKl, row.logRange]).toEqual([0, 0, 0]);
      }
    });
    await engine.dispose();
    expect(summary.scoredTokens).toBe(383);
    // NumPy, as in test/model/reference.test.ts; the whole text is `bitdial eval` against golden.json.
    expect(Math.abs(reference / 383 / 1.7188042873 - 1)).toBeLessThan(2e-4);
    // int4-g32 on the whole text: 0.01182.
    expect(kl / 383).toBeGreaterThan(0.005);
    expect(kl / 383).toBeLessThan(0.03);
  });
});
