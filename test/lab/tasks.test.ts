import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTaskFile } from "../../src/lab/task-file.ts";
import { askedOf, createTasks } from "../../src/lab/task-run.ts";
import { taskResult } from "../../src/lab/task-score.ts";
import {
  chanceOf,
  chosen,
  SHIPPED_TASKS,
  shortened,
  type Task,
  type TaskItem,
  taskPath,
} from "../../src/lab/tasks.ts";
import { scriptedEngine } from "../support/scripted-engine.ts";

const root = join(import.meta.dirname, "..", "..");
const item = (group: string, choices = 2): TaskItem => ({
  group,
  context: "The sun is",
  choices: Array.from({ length: choices }, (_, at) => ` ${at}`),
  answer: 0,
});

function taskOf(items: readonly TaskItem[], total = items.length): Task {
  return { id: "cloze", name: "cloze.jsonl", sha256: "ab".repeat(32), items, total };
}

describe("which choice is taken", () => {
  it("is the likeliest by the sum, or by nats a token for whole sentences", () => {
    // Sums -6 and -8; a token -3 and -2.
    expect(chosen("cloze", [-6, -8], [2, 4])).toBe(0);
    expect(chosen("endings", [-6, -8], [2, 4])).toBe(1);
  });

  it("is none where two are equally likely, or where something is no number", () => {
    expect(chosen("pairs", [-5, -5], [3, 3])).toBeNull();
    expect(chosen("pairs", [-5, -7, -5], [3, 3, 3])).toBeNull();
    expect(chosen("pairs", [Number.NaN, -7], [3, 3])).toBeNull();
    expect(chosen("pairs", [], [])).toBeNull();
    expect(chosen("pairs", [-9, -7, -7.5], [3, 3, 3])).toBe(1);
  });
});

describe("what a task's answers add up to", () => {
  it("counts both, lost, won, and each group", () => {
    const items = [item("a"), item("a"), item("b", 4), item("b", 4), item("b", 4)];
    const reference = [true, true, true, false, false];
    const candidate = [true, false, false, true, false];
    const result = taskResult(taskOf(items, 9), reference, candidate);
    expect(result).toMatchObject({
      items: 5,
      totalItems: 9,
      lost: 2,
      won: 1,
      reference: { right: 3 },
      candidate: { right: 2 },
      groups: [
        { group: "a", items: 2, reference: 2, candidate: 1 },
        { group: "b", items: 3, reference: 1, candidate: 1 },
      ],
    });
    // Two of 1/2, three of 1/4.
    expect(result.chance).toBeCloseTo(1.75 / 5, 12);
    expect(result.difference.value).toBeCloseTo(-0.2, 12);
    // Wilson of 3 in 5 by hand: centre (0.6 + 1.9207/5) / (1 + 3.8415/5), as tables have it 0.2307 to 0.8824.
    expect(result.reference.share.interval?.low).toBeCloseTo(0.2307, 4);
    expect(result.reference.share.interval?.high).toBeCloseTo(0.8824, 4);
  });

  it("says the chance of its items alone", () => {
    expect(chanceOf([item("a", 2), item("a", 4)])).toBeCloseTo(0.375, 12);
  });

  it("takes a part from all over the file", () => {
    const items = Array.from({ length: 10 }, (_, at) => item(String(at)));
    const part = shortened(taskOf(items), 4);
    expect(part.items.map(({ group }) => group)).toEqual(["0", "2", "5", "7"]);
    expect(part.total).toBe(10);
    expect(shortened(taskOf(items), 10).items).toHaveLength(10);
  });
});

describe("the task files that ship", () => {
  it("are what their program makes", () => {
    const program = join(root, "tools", "make-tasks.mjs");
    execFileSync(process.execPath, [program, "--check"], { stdio: "pipe" });
  });

  it.each(SHIPPED_TASKS)("%s: a hundred items at least, answers spread, none twice", (id) => {
    const read = readTaskFile(readFileSync(join(root, "public", taskPath(id)), "utf8"));
    if (!read.ok) throw new Error(read.problems.join("\n"));
    const { items } = read;
    expect(items.length).toBeGreaterThanOrEqual(100);
    const texts = items.map(({ context, choices }) => [context, ...choices].join("|"));
    expect(new Set(texts).size).toBe(items.length);
    // Whoever always took the first must not do better than chance by much; pairs have their right one first by their form.
    if (id === "pairs") return;
    const first = items.filter(({ answer }) => answer === 0).length / items.length;
    expect(Math.abs(first - chanceOf(items))).toBeLessThan(0.12);
  });
});

describe("a run over tasks", () => {
  it("asks the reference once, however many candidates follow", async () => {
    const calls: string[] = [];
    const items = [item("a", 3), { ...item("a", 3), answer: 2 }];
    const measure = createTasks(scriptedEngine(calls), { tasks: [taskOf(items)], writing: false });
    const hooks = { tell: () => undefined, signal: new AbortController().signal };
    const [first, second] = [await measure(hooks), await measure(hooks)];
    expect(calls).toEqual(["choices reference+candidate 2", "choices candidate 2"]);
    // The scripted reference takes the first choice, the candidate the last.
    expect(first?.tasks[0]).toMatchObject({ lost: 1, won: 1, items: 2 });
    expect(second).toEqual(first);
  });

  it("is null when stopped", async () => {
    const stop = new AbortController();
    const measure = createTasks(scriptedEngine([]), {
      tasks: [taskOf([item("a")])],
      writing: false,
    });
    stop.abort();
    expect(await measure({ tell: () => undefined, signal: stop.signal })).toBeNull();
  });

  it("names what was asked alike before and after", async () => {
    const request = { tasks: [taskOf([item("a"), item("b")])], writing: false };
    const results = await createTasks(
      scriptedEngine([]),
      request,
    )({
      tell: () => undefined,
      signal: new AbortController().signal,
    });
    const asked = results && {
      ...results,
      intervals: "",
      tasks: results.tasks.map((task) => ({ ...task, groups: [] })),
      writing: [],
    };
    expect(askedOf(asked)).toBe(askedOf(request));
    expect(askedOf(request)).toBe("cloze abababababab, 2 items");
    expect(askedOf(null)).toBe("none");
  });
});
