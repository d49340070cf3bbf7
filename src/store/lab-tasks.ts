import type { TaskRequest } from "../lab/task-run.ts";
import { SHIPPED_TASKS, shortened, type Task, type TaskId, taskPath } from "../lab/tasks.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { readTextFile } from "./own-text.ts";
import type { LabTasksState, OwnPairs, OwnVerbs, SweepTask } from "./own-types.ts";

export { taskWords } from "../lab/tasks.ts";
export { quickItems } from "./late-state.ts";

/** What a sweep may ask, but for the user's own pairs. */
export const sweepTaskNames: readonly SweepTask[] = [...SHIPPED_TASKS, "temperature"];

const MOST_BYTES = 2_000_000;

type LabTasksVerbs = Pick<
  OwnVerbs,
  "toggleSweepTask" | "setSweepItems" | "takePairs" | "forgetPairs"
>;

export function labTasksVerbs({ get, set }: Kit): LabTasksVerbs {
  return {
    toggleSweepTask(name) {
      const { sweepTasks } = get();
      set({
        sweepTasks: sweepTasks.includes(name)
          ? sweepTasks.filter((other) => other !== name)
          : [...sweepTasks, name],
      });
    },
    setSweepItems(sweepItems) {
      set({ sweepItems });
    },
    async takePairs(name, bytes) {
      const read = readTextFile(name, bytes, MOST_BYTES);
      if ("fault" in read) {
        set({ pairsFaults: [read.fault] });
        return;
      }
      try {
        const { readPairs } = await import("../lab/task-file.ts");
        const pairs = readPairs(read.text);
        if (pairs.ok) {
          const ownPairs = { name, text: read.text, count: pairs.items.length };
          set({ ownPairs, pairsFaults: [] });
        } else set({ pairsFaults: pairs.problems.map((problem) => `${name}, ${problem}.`) });
      } catch (error) {
        set({ pairsFaults: [sentenceOf(error)] });
      }
    },
    forgetPairs() {
      set({ ownPairs: null, pairsFaults: [] });
    },
  };
}

/** What is chosen, read from its files; null where nothing is. */
export async function taskRequest({ around, get }: Kit): Promise<TaskRequest | null> {
  const { sweepTasks, sweepItems, ownPairs } = get();
  const writing = sweepTasks.includes("temperature");
  const shipped = SHIPPED_TASKS.filter((id) => sweepTasks.includes(id));
  if (shipped.length === 0 && !ownPairs && !writing) return null;
  const tasks = await Promise.all(
    shipped.map(async (id) => readTask(id, `${id}.jsonl`, await around.readText(taskPath(id)))),
  );
  if (ownPairs) tasks.push(await readTask("own", ownPairs.name, ownPairs.text));
  return {
    tasks: sweepItems === null ? tasks : tasks.map((task) => shortened(task, sweepItems)),
    writing,
  };
}

async function readTask(id: TaskId, name: string, text: string): Promise<Task> {
  const { readTaskFile } = await import("../lab/task-file.ts");
  const read = readTaskFile(text);
  if (!read.ok) throw new Error(`${name}, ${read.problems[0] ?? "it cannot be read"}.`);
  const { items } = read;
  return { id, name, sha256: await sha256Hex(text), items, total: items.length };
}

/** What a reload brings back of the choice; anything else than what was written is as if nothing had been. */
export interface KeptTasks {
  readonly tasks: readonly SweepTask[];
  readonly items: number | null;
  readonly pairs: OwnPairs | null;
}

export function keptTasks({ get }: Kit): KeptTasks {
  const { sweepTasks: tasks, sweepItems: items, ownPairs: pairs } = get();
  return { tasks, items, pairs };
}

export function restoredTasks(kept: Partial<KeptTasks> | undefined): Partial<LabTasksState> {
  const { tasks, items, pairs } = kept ?? {};
  const fine =
    Array.isArray(tasks) &&
    tasks.every((name) => sweepTaskNames.includes(name)) &&
    (items === null || (Number.isInteger(items) && Number(items) > 0)) &&
    (pairs === null || (typeof pairs?.name === "string" && typeof pairs.text === "string"));
  return fine ? { sweepTasks: tasks, sweepItems: items ?? null, ownPairs: pairs ?? null } : {};
}
