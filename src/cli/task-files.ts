import { basename } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { type ReadItems, readPairs, readTaskFile } from "../lab/task-file.ts";
import type { TaskRequest } from "../lab/task-run.ts";
import { SHIPPED_TASKS, shortened, type Task, type TaskId, taskPath } from "../lab/tasks.ts";
import { UserError } from "../lib/assert.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { embedded, readText } from "./model-source.ts";
import { list, whole } from "./options.ts";

/** The experiment beside the tasks: texts sampled at several temperatures. */
const TEMPERATURE = "temperature";
type TaskName = TaskId | typeof TEMPERATURE;
const TASK_NAMES: readonly TaskName[] = [...SHIPPED_TASKS, TEMPERATURE];

export interface TaskOptions {
  tasks?: TaskName[];
  pairs?: string;
  maxItems?: number;
}

export function tasksOption(): Option {
  return new Option("--tasks <list>", `commas between: ${TASK_NAMES.join(", ")}`).argParser(
    (text) =>
      list(text).map((name) => {
        const known = TASK_NAMES.find((task) => task === name);
        if (!known) {
          throw new InvalidArgumentError(`"${name}" is none of ${TASK_NAMES.join(", ")}.`);
        }
        return known;
      }),
  );
}

export function pairsOption(): Option {
  return new Option(
    "--pairs <file>",
    "pairs of your own, JSON Lines with sentence_good and sentence_bad",
  );
}

export function maxItemsOption(): Option {
  return new Option(
    "--max-items <count>",
    "so many items of each task, from all over its file",
  ).argParser(whole(1));
}

/** Reads the files that the options name, or `usual` where they name none; null where nothing is asked for. */
export async function readTasks(
  { tasks: names, pairs, maxItems }: TaskOptions,
  usual: readonly TaskName[],
): Promise<TaskRequest | null> {
  const wanted = names ?? usual;
  const shipped = SHIPPED_TASKS.filter((id) => wanted.includes(id));
  const read = await Promise.all(
    shipped.map((id) => readTask(id, embedded(taskPath(id)), readTaskFile)),
  );
  if (pairs !== undefined) read.push(await readTask("own", pairs, readPairs));
  const writing = wanted.includes(TEMPERATURE);
  if (read.length === 0 && !writing) return null;
  const tasks = maxItems === undefined ? read : read.map((task) => shortened(task, maxItems));
  return { tasks, writing };
}

async function readTask(
  id: TaskId,
  path: string,
  parse: (text: string) => ReadItems,
): Promise<Task> {
  const text = await readText(path);
  const read = parse(text);
  if (!read.ok) {
    const [first, ...more] = read.problems;
    const others = more.length > 0 ? ` (and ${more.length} more lines)` : "";
    throw new UserError(`${path}: ${first}${others}`);
  }
  const { items } = read;
  return { id, name: basename(path), sha256: await sha256Hex(text), items, total: items.length };
}
