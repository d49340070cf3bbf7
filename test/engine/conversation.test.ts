import { afterAll, beforeAll, expect, it } from "vitest";
import type { GenerateEvent, SideResult } from "../../src/engine/protocol.ts";
import { openTestEngine, silent } from "../support/engine.ts";

const { engine, problems } = await openTestEngine("stories260K");
beforeAll(async () => {
  await engine.apply("reference", "f32", silent);
  await engine.apply("candidate", "int4-g32+kv8", silent);
});
afterAll(() => engine.dispose());

const sampling = { temperature: 0.9, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1.1, seed: 5 };
const first =
  "user: Once upon a time there was a girl who had a red ball and a dog. And then?\nbot:";

/** A turn of both sides: what they wrote, each number that was computed on the way, and how much was dispatched. */
async function turn(prompt: string) {
  const rows: GenerateEvent[] = [];
  const { dispatches } = await engine.counters();
  const { sides } = await engine.generate(
    {
      prompt,
      conversation: true,
      maxTokens: 20,
      sampling,
      sides: ["reference", "candidate"],
      compare: true,
    },
    (event) => {
      if (event.kind === "comparison") rows.push(event);
    },
  );
  const after = await engine.counters();
  return { sides, rows, dispatches: after.dispatches - dispatches };
}

const read = (sides: readonly SideResult[]): number[] => sides.map(({ readTokens }) => readTokens);
const lengths = (sides: readonly SideResult[]): number[] =>
  sides.map(({ promptTokens }) => promptTokens.length);
const written = (sides: readonly SideResult[]) =>
  sides.map(({ tokens, text }) => ({ tokens, text }));

it("reads of a longer conversation what is new, and writes what it would after all of it", async () => {
  const before = await turn(first);
  expect(read(before.sides)).toEqual(lengths(before.sides));
  const second = `${first}${before.sides[1]?.text}\nuser: Tell me more of the dog.\nbot:`;
  const recalled = await turn(second);
  // Whole batches of 16 of what both prompts begin with, the last one's own batch left out.
  const [firstLength = 0] = lengths(before.sides);
  const [secondLength = 0] = lengths(recalled.sides);
  const stands = firstLength - 1 - ((firstLength - 1) % 16);
  expect(stands).toBeGreaterThan(0);
  expect(read(recalled.sides)).toEqual([secondLength - stands, secondLength - stands]);

  // Another text takes the place of both.
  const other = await turn("system: no");
  expect(read(other.sides)).toEqual(lengths(other.sides));
  const whole = await turn(second);
  expect(read(whole.sides)).toEqual(lengths(whole.sides));
  expect(written(recalled.sides)).toEqual(written(whole.sides));
  expect(recalled.rows).toEqual(whole.rows);
  expect(recalled.dispatches).toBeLessThan(whole.dispatches);

  // The same question again: its last batch is read anew, for its last row is what is drawn from.
  const again = await turn(second);
  expect(read(again.sides)).toEqual([1, 1].map(() => 1 + ((secondLength - 1) % 16)));
  expect(again.rows).toEqual(whole.rows);
  expect(problems).toEqual([]);
});

it("reads all of it again under another setting, and after a text that was measured", async () => {
  const before = await turn(first);
  await engine.apply("candidate", "int8-g32+kv8", silent);
  const changed = await turn(first);
  const [all = 0] = lengths(changed.sides);
  expect(read(changed.sides)).toEqual([1 + ((all - 1) % 16), all]);
  await engine.logits("reference", [1, 2, 3], false);
  const after = await turn(first);
  expect(read(after.sides)).toEqual([all, 1 + ((all - 1) % 16)]);
  expect(after.sides[0]?.tokens).toEqual(before.sides[0]?.tokens);
});
