import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createReference } from "../../src/model/reference.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import { compressedWeights } from "../support/compressed.ts";
import { familySource, openTestEngine, silent, type TestEngine } from "../support/engine.ts";
import {
  families,
  familyGolden,
  familyLogits,
  loadFamily,
  relativeGap,
} from "../support/families.ts";
import { firmSteps } from "../support/golden.ts";

const greedySampling = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
};

describe.each(families)("%s on the GPU", async (name) => {
  let opened: TestEngine;
  const { ids, greedy, greedy_margins } = familyGolden(name);
  const loaded = await loadFamily(name);
  const { vocabSize } = loaded.config;

  beforeAll(async () => {
    opened = await openTestEngine(familySource(name));
    await opened.engine.apply("reference", "f32", silent);
    await opened.engine.apply("candidate", "f32", silent);
  });
  afterAll(() => opened.engine.dispose());

  it.each([
    ["in batches", false],
    ["token by token", true],
  ])("gives the golden logits %s", async (_how, stepwise) => {
    const logits = await opened.engine.logits("candidate", ids, stepwise);
    expect(relativeGap(logits, familyLogits(name))).toBeLessThan(3e-4);
  });

  it("finds each golden id the likeliest, as far as rounding cannot change it", async () => {
    const firm = firmSteps(greedy_margins);
    const text = [...ids, ...greedy.slice(0, firm)];
    const logits = await opened.engine.logits("candidate", text, true);
    expect(likeliest(logits, vocabSize).slice(ids.length - 1, -1)).toEqual(greedy.slice(0, firm));
  });

  it("writes what the CPU writes", async () => {
    const request = { prompt: "Once upon a time", maxTokens: 12, sampling: greedySampling };
    const { sides } = await opened.engine.generate(
      { ...request, sides: ["candidate"], compare: false },
      silent,
    );
    const [side] = sides;
    if (!side) throw new Error("nothing was written");
    const text = [...side.promptTokens, ...side.tokens];
    const logits = createReference(loaded.config, loaded.master).forward(text, 0);
    // Each id is the best of its row, or so close that rounding may have chosen it.
    side.tokens.forEach((id, i) => {
      const from = (side.promptTokens.length - 1 + i) * vocabSize;
      const row = logits.subarray(from, from + vocabSize);
      expect(row[id]).toBeGreaterThan(row.reduce((a, b) => Math.max(a, b)) - 1e-3);
    });
    expect(side.tokens.length).toBeGreaterThan(0);
  });

  it.each(["int8-g32", "int4-g32"])("computes %s as the CPU does", async (text) => {
    await opened.engine.apply("candidate", text, silent);
    const weights = compressedWeights(loaded, parseSetting(text));
    const expected = createReference(loaded.config, weights).forward(ids, 0);
    const logits = await opened.engine.logits("candidate", ids, false);
    expect(relativeGap(logits, expected)).toBeLessThan(3e-4);
    expect(relativeGap(logits, familyLogits(name))).toBeGreaterThan(1e-3);
  });

  it("has no problem to report", () => expect(opened.problems).toEqual([]));
});

function likeliest(logits: Float32Array, vocab: number): number[] {
  return Array.from({ length: logits.length / vocab }, (_, token) => {
    const row = logits.subarray(token * vocab, (token + 1) * vocab);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
}
