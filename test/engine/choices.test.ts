import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChoiceItem } from "../../src/engine/protocol.ts";
import { logSoftmax } from "../../src/model/distribution.ts";
import type { LoadedModel } from "../../src/model/files.ts";
import { createReference } from "../../src/model/reference.ts";
import { loadFixture } from "../model/fixtures.ts";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";

const long =
  "Once upon a time, there was a little girl named Lily. She liked to play outside in the park with her dog.";

/** Contexts shorter and longer than a batch, continuations too, and none at all. */
const items: readonly ChoiceItem[] = [
  { context: "The sun is in the", choices: [" sky", " dog", " bed"] },
  {
    context: long,
    choices: [" The dog was very happy and ran to the big tree near the house.", " No."],
  },
  { context: "", choices: ["Tom went home.", "Tom goed home."] },
  // The choice and the end of the context are one token here, or are not.
  { context: "She was very hap", choices: ["py", "pen"] },
];

describe("choices", () => {
  let test: TestEngine;
  let loaded: LoadedModel;

  beforeAll(async () => {
    loaded = await loadFixture("stories260K");
    test = await openTestEngine("stories260K");
    await test.engine.apply("reference", "f32", silent);
    await test.engine.apply("candidate", "int4-g32", silent);
  });
  afterAll(() => test?.engine.dispose());

  /** Nats of each choice on the CPU, every text read whole, from the first token that the choices can change. */
  function onCpu({ context, choices }: ChoiceItem): { tokens: number[]; sums: number[] } {
    const { config, master, tokenizer } = loaded;
    const model = createReference(config, master);
    const before = tokenizer.encode(context);
    const texts = choices.map((choice) => tokenizer.encode(context + choice));
    let start = 0;
    while (texts.every((ids) => ids[start] === before[start]) && start < before.length) start++;
    start = Math.max(1, start);
    const row = new Float64Array(config.vocabSize);
    const sums = texts.map((ids) => {
      const logits = model.forward(ids, 0);
      let sum = 0;
      for (let at = start; at < ids.length; at++) {
        logSoftmax(logits.subarray((at - 1) * config.vocabSize, at * config.vocabSize), row);
        sum += row[ids[at] ?? 0] ?? Number.NaN;
      }
      return sum;
    });
    return { tokens: texts.map((ids) => ids.length - start), sums };
  }

  it("have the log-likelihood of the CPU's reference model", async () => {
    const notes: string[] = [];
    const result = await test.engine.scoreChoices(
      { sides: ["reference", "candidate"], items },
      ({ note }) => notes.push(note),
    );
    expect(result.cancelled).toBe(false);
    expect(notes.at(-1)).toBe("4 of 4 items");
    for (const [at, item] of items.entries()) {
      const { tokens, sums } = onCpu(item);
      expect(result.items[at]?.tokens).toEqual(tokens);
      for (const [choice, sum] of sums.entries()) {
        const found = result.items[at]?.logLikelihood.reference?.[choice] ?? Number.NaN;
        expect(Math.abs(found - sum)).toBeLessThan(1e-4 * tokens.length);
        // The candidate is another model: near, but not the same.
        expect(result.items[at]?.logLikelihood.candidate?.[choice]).not.toBe(found);
      }
    }
  });

  it("asks one side alone when told so, and gets the same", async () => {
    const ask = (sides: readonly ("reference" | "candidate")[]) =>
      test.engine.scoreChoices({ sides, items: items.slice(0, 2) }, silent);
    const both = await ask(["reference", "candidate"]);
    const one = await ask(["candidate"]);
    expect(one.items.map(({ logLikelihood }) => logLikelihood.candidate)).toEqual(
      both.items.map(({ logLikelihood }) => logLikelihood.candidate),
    );
    expect(one.items[0]?.logLikelihood.reference).toBeUndefined();
  });

  it("names the item that does not fit, before anything is computed", async () => {
    const notes: string[] = [];
    const ask = (bad: ChoiceItem) =>
      test.engine.scoreChoices({ sides: ["candidate"], items: [...items, bad] }, ({ note }) =>
        notes.push(note),
      );
    await expect(ask({ context: long.repeat(30), choices: [" a", " b"] })).rejects.toThrow(
      /^Item 5 has \d+ tokens, but this model's context holds 512; shorten it\.$/,
    );
    await expect(ask({ context: "The sun", choices: [" is", ""] })).rejects.toThrow(
      "Item 5: continuation 2 has no token to score.",
    );
    expect(notes).toEqual([]);
  });

  it("stops when cancelled, with whole items alone", async () => {
    const many = Array.from({ length: 200 }, () => items[0] ?? { context: "", choices: [] });
    let seen = 0;
    const result = await test.engine.scoreChoices({ sides: ["candidate"], items: many }, () => {
      seen++;
      if (seen === 3) void test.engine.cancel();
    });
    expect(result.cancelled).toBe(true);
    expect(result.items.length).toBeLessThan(10);
    for (const { tokens, logLikelihood } of result.items) {
      expect(logLikelihood.candidate).toHaveLength(tokens.length);
    }
  });
});
