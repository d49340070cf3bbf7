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

  it.each(golden.greedy.map((run) => [run.prompt, run] as const))(
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
  let opened: TestEngine;
  const golden = storiesGolden();
  const text = fixtureText("stories/eval.txt");

  beforeAll(async () => {
    opened = await openTestEngine("stories");
    await opened.engine.apply("reference", "f32", silent);
  });
  afterAll(() => opened.engine.dispose());

  it("int4-g32 beside f32 agrees in NLL, KL and first choices", async () => {
    await opened.engine.apply("candidate", "int4-g32", silent);
    const sums = { reference: 0, candidate: 0, kl: 0, top1: 0, top5: 0 };
    const summary = await opened.engine.evaluate({ text, window: 256, stride: 128 }, ({ rows }) => {
      for (const row of rows) {
        sums.reference += row.referenceNll;
        sums.candidate += row.candidateNll;
        sums.kl += row.kl;
        sums.top1 += row.sameTop1 ? 1 : 0;
        sums.top5 += row.top5;
      }
    });
    const f32 = golden.eval.settings.find(({ setting }) => setting === "f32");
    const int4 = golden.eval.settings.find(({ setting }) => setting === "int4-g32");
    if (!f32 || !int4) throw new Error("golden.json lacks a setting");
    const count = summary.scoredTokens;
    expect(count).toBe(f32.tokens);
    expect(summary.scoredBytes).toBe(new TextEncoder().encode(text).length);
    expect(Math.abs(sums.reference / count / f32.nll - 1)).toBeLessThan(2e-4);
    expect(Math.abs(sums.candidate / count / int4.nll - 1)).toBeLessThan(2e-4);
    expect(Math.abs(sums.kl / count / int4.kl.mean - 1)).toBeLessThan(0.01);
    expect(Math.abs(sums.top1 / count - int4.top1)).toBeLessThan(0.002);
    expect(Math.abs(sums.top5 / count - int4.top5)).toBeLessThan(0.002);
  });
});
