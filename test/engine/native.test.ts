import { afterAll, expect, it } from "vitest";
import { openTestEngine, silent } from "../support/engine.ts";
import { relativeGap } from "../support/families.ts";
import { quantisedStories } from "../support/quantised-model.ts";

const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 };

const bytes = await quantisedStories();
const source = { kind: "files", name: "mixed", files: { "model.gguf": bytes } } as const;
const { engine, model, problems } = await openTestEngine(source);
afterAll(() => engine.dispose());

const ids = Array.from({ length: 20 }, (_, i) => 10 + 37 * i);

it("runs a file's blocks as they are, beside the values that they stand for", async () => {
  expect(model.blocks).toContain("q6_k");
  await engine.apply("reference", "f32", silent);
  const native = await engine.apply("candidate", "native", silent);
  expect(native.setting).toBe("native");
  expect(native.checks.filter(({ ok }) => !ok)).toEqual([]);
  // Of the bits that the file has, with whole tiles of rows and f16 in the place of what has no kernel.
  expect(native.size.layerBitsPerWeight).toBeGreaterThan(4.5);
  expect(native.size.layerBitsPerWeight).toBeLessThan(8);
  const estimate = await engine.estimate("native");
  expect(Math.abs(estimate.weightBytes - native.size.weightBytes)).toBeLessThan(1024);
  const [wanted, found] = await Promise.all([
    engine.logits("reference", ids, false),
    engine.logits("candidate", ids, false),
  ]);
  expect(relativeGap(found, wanted)).toBeLessThan(3e-4);
  const request = { prompt: "Once upon a time", maxTokens: 32, sampling: greedy, compare: false };
  const { sides } = await engine.generate(
    { ...request, sides: ["reference", "candidate"] },
    silent,
  );
  expect(sides[1]?.tokens).toEqual(sides[0]?.tokens);
  expect(problems).toEqual([]);
});

it("packs other settings from the same blocks, some of which may stay", async () => {
  const state = await engine.apply("candidate", "int8-g32;1.down=native;head=native", silent);
  expect(state.setting).toBe("int8-g32;head=native;1.down=native");
  // Everything but the two that were packed before.
  expect(state.packedTensors).toBe(7);
  const errors = await engine.layerErrors({ text: "One day", maxTokens: 4 }, silent);
  const exact = errors.cells.filter(({ snrDb }) => snrDb === null);
  // Eight bits hold some of the other blocks' codes as well, but not those with a minimum.
  const names = exact.map(({ layer, matrix }) => `${layer}.${matrix}`);
  expect(names).toEqual(expect.arrayContaining(["1.down", "null.head"]));
  expect(names).not.toContain("0.up");
});

it("looks at it before it is loaded, and names what other files lack", async () => {
  const preview = await engine.preview(source, silent);
  expect(preview.model.blocks).toEqual(model.blocks);
  const choice = { reference: "native", candidate: "int4-g32", context: 64 };
  const needs = await engine.needs(preview.ticket, choice);
  const native = await engine.estimate("native");
  expect(needs.reference.weightBytes).toBe(native.weightBytes);
  await expect(engine.apply("candidate", "native+2:4", silent)).rejects.toThrow(
    '"+2:4" at character 7 would change weights that native leaves alone.',
  );
});
