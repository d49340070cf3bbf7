import { describe, expect, it } from "vitest";
import { createReference, type Reference } from "../../src/model/reference.ts";
import {
  families,
  familyGolden,
  familyLogits,
  loadFamily,
  relativeGap,
} from "../support/families.ts";
import { firmSteps } from "../support/golden.ts";

describe.each(families)("%s on the CPU", async (name) => {
  const { config, master } = await loadFamily(name);
  const { ids, greedy, greedy_margins } = familyGolden(name);
  const golden = familyLogits(name);

  it("gives the golden logits in one batch", () => {
    const logits = createReference(config, master).forward(ids, 0);
    expect(relativeGap(logits, golden)).toBeLessThan(2e-5);
  });

  it("gives the golden logits token by token", () => {
    const model = createReference(config, master);
    ids.forEach((id, position) => {
      const logits = model.forward([id], position);
      const row = golden.subarray(position * config.vocabSize, (position + 1) * config.vocabSize);
      expect(relativeGap(logits, row)).toBeLessThan(2e-5);
    });
  });

  it("writes the golden ids as far as rounding cannot change them", () => {
    const firm = firmSteps(greedy_margins);
    const model = createReference(config, master);
    expect(greedyRun(model, ids, firm)).toEqual(greedy.slice(0, firm));
  });
});

function greedyRun(model: Reference, prompt: readonly number[], count: number): number[] {
  const ids: number[] = [];
  let logits = model.forward(prompt, 0);
  const vocab = logits.length / prompt.length;
  for (let position = prompt.length; ids.length < count; position++) {
    const row = logits.subarray(-vocab);
    ids.push(row.indexOf(row.reduce((a, b) => Math.max(a, b))));
    logits = model.forward(ids.slice(-1), position);
  }
  return ids;
}
