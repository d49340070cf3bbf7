import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createBitdial } from "../../src/store/store.ts";
import type { Surroundings } from "../../src/store/types.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
/** The fake engine makes a token of each letter. */
const long = "A cat sat on a mat and looked at the rain. ".repeat(4);
const pairs = '{"sentence_good":"He went.","sentence_bad":"He goed."}\n';
const shipped = (path: string) =>
  Promise.resolve(readFileSync(join(import.meta.dirname, "..", "..", "public", path), "utf8"));

async function opened(part: Partial<Surroundings> = {}) {
  const engine = new FakeEngine();
  const around = surroundings(engine, { readText: shipped, ...part });
  const store = createBitdial(around);
  const state = () => store.getState();
  state().setAutoMeasure(false);
  state().setLive(false);
  await state().open();
  await state().openLab();
  state().chooseSweep("own");
  state().editSweepList("int8-g32");
  engine.calls.length = 0;
  return { around, engine, state };
}

describe("a text of one's own", () => {
  it.each([
    [
      "short.txt",
      bytes("Too short."),
      "short.txt has 10 tokens; 64 is the least, take a longer text.",
    ],
    ["empty.txt", bytes(""), "empty.txt has 0 tokens; 64 is the least, take a longer text."],
    [
      "latin1.txt",
      new Uint8Array([0x6e, 0xef, 0x76]),
      "latin1.txt is not UTF-8 text; save it as UTF-8 and try again.",
    ],
    [
      "zeros.bin",
      new Uint8Array(500),
      "zeros.bin is not UTF-8 text; save it as UTF-8 and try again.",
    ],
    [
      "big.txt",
      new Uint8Array(1_500_000),
      "big.txt has 1.5 MB; 1 MB is the most, take a part of it.",
    ],
  ])("%s: one sentence, and the text stays what it was", async (name, content, sentence) => {
    const { state } = await opened();
    await state().takeText(name, content);
    expect(state()).toMatchObject({ ownText: null, textFault: sentence });
    await state().takeText("mine.txt", bytes(long));
    expect(state()).toMatchObject({ ownText: { name: "mine.txt" }, textFault: null });
    await state().takeText(name, content);
    expect(state()).toMatchObject({ ownText: { name: "mine.txt" }, textFault: sentence });
  });

  it("is what quality is measured on, and takes the figures of the text before away", async () => {
    const { state } = await opened();
    await state().measure("quick");
    const row = () => state().rows.find(({ setting }) => setting === "int4-g32");
    expect(row()?.quality?.text.name).toBe("stories.txt");
    await state().takeText("mine.txt", bytes(long));
    expect(row()?.quality).toBeNull();
    await state().measure("quick");
    expect(row()?.quality?.text.name).toBe("mine.txt");
    const mine = row()?.quality?.text.sha256;
    await state().forgetText();
    expect(row()?.quality).toBeNull();
    await state().measure("quick");
    expect(row()?.quality?.text.name).toBe("stories.txt");
    expect(row()?.quality?.text.sha256).not.toBe(mine);
  });

  it("comes back with the sweep that was measured on it, and cannot change under its rows", async () => {
    const { around, state } = await opened();
    await state().takeText("mine.txt", bytes(long));
    await state().runSweep();
    expect(state().sweepEntries.at(-1)?.quality?.text.name).toBe("mine.txt");
    await state().takeText("other.txt", bytes(`${long} Another.`));
    expect(state()).toMatchObject({
      ownText: { name: "mine.txt" },
      textFault: "Rows of different texts do not compare; clear the Lab's results first.",
    });
    const again = await opened({ keep: around.keep, kept: around.kept });
    await again.state().restoreSweep();
    expect(again.state().ownText).toEqual(state().ownText);
  });
});

describe("tasks of a sweep", () => {
  it("are asked of candidates, with pairs of one's own, and land in the entries", async () => {
    const { engine, state } = await opened();
    for (const name of ["cloze", "pairs", "cloze", "endings"] as const)
      state().toggleSweepTask(name);
    await state().takePairs("mine.jsonl", bytes(pairs));
    await state().runSweep();
    expect(state().sweepFault).toBeNull();
    expect(engine.calls.filter((call) => call.startsWith("choices"))).toEqual([
      "choices reference+candidate 40",
      "choices reference+candidate 40",
      "choices reference+candidate 1",
    ]);
    const [reference, entry] = state().sweepEntries;
    expect(reference?.tasks).toBeNull();
    expect(entry?.tasks?.tasks.map(({ task, items }) => [task, items])).toEqual([
      ["endings", 40],
      ["pairs", 40],
      ["own", 1],
    ]);
  });

  it("let both write at five temperatures, the reference once", async () => {
    const { engine, state } = await opened();
    state().editSweepList("int8-g32, int3-g32");
    state().toggleSweepTask("temperature");
    await state().runSweep();
    const written = engine.calls.filter((call) => call.startsWith("generate"));
    expect(written.filter((call) => call === "generate reference+candidate")).toHaveLength(80);
    expect(written.filter((call) => call === "generate candidate")).toHaveLength(80);
    const writing = state().sweepEntries.at(-1)?.tasks?.writing;
    expect(writing?.map(({ temperature }) => temperature)).toEqual([0.1, 0.5, 0.8, 1, 1.5]);
  });

  it("come back after a reload, and a sweep goes on with the same ones alone", async () => {
    const { around, state } = await opened();
    state().toggleSweepTask("cloze");
    state().setSweepItems(10);
    await state().takePairs("mine.jsonl", bytes(pairs));
    await state().runSweep();
    const again = await opened({ keep: around.keep, kept: around.kept });
    await again.state().restoreSweep();
    expect(again.state()).toMatchObject({
      sweepTasks: ["cloze"],
      sweepItems: 10,
      ownPairs: { name: "mine.jsonl", count: 1 },
    });
    again.state().editSweepList("int8-g32, int2-g32");
    again.state().setSweepItems(20);
    await again.state().runSweep();
    expect(again.state().sweepFault).toBe(
      "The rows were asked other tasks; clear the results first.",
    );
    again.state().setSweepItems(10);
    await again.state().runSweep();
    expect(again.state()).toMatchObject({ sweepStatus: "done", sweepFault: null });
  });

  it("name each bad line of the pairs", async () => {
    const { state } = await opened();
    await state().takePairs("bad.jsonl", bytes(`${pairs}{\n{"sentence_good":7}`));
    expect(state().pairsFaults).toEqual([
      "bad.jsonl, line 2: this is not JSON: {; one object on each line is needed.",
      "bad.jsonl, line 3: sentence_good is 7, but should be a text.",
    ]);
    await state().takePairs("zeros.bin", new Uint8Array(9));
    expect(state().pairsFaults).toHaveLength(1);
    state().forgetPairs();
    expect(state().pairsFaults).toEqual([]);
  });
});
