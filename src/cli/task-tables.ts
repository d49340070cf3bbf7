import type { ReportEntry } from "../lab/report.ts";
import { TASK_IDS, taskWords } from "../lab/tasks.ts";
import { count, estimate, percent } from "./format.ts";
import { table } from "./table.ts";

/** What settings answered and wrote, for people; empty where they were asked nothing. */
export function taskTables(entries: readonly ReportEntry[]): string {
  return [...answers(entries), ...writing(entries)].join("\n");
}

function answers(entries: readonly ReportEntry[]): string[] {
  const rows = entries.flatMap(({ setting, tasks }) =>
    (tasks?.tasks ?? []).map((task) => [
      task.task,
      setting,
      task.items < task.totalItems
        ? `${count(task.items)} of ${count(task.totalItems)}`
        : count(task.items),
      percent(task.chance),
      estimate(task.reference.share, percent),
      estimate(task.candidate.share, percent),
      estimate(task.difference, points),
      `${task.lost} / ${task.won}`,
    ]),
  );
  if (rows.length === 0) return [];
  const ids = TASK_IDS.filter((id) => rows.some(([task]) => task === id));
  const words = ids.map((id) => `${id}: ${taskWords[id]}.\n`).join("");
  // All settings of a task stand together.
  const sorted = ids.flatMap((id) => rows.filter(([task]) => task === id));
  return [table(ANSWER_COLUMNS, sorted), words, NOTE];
}

function writing(entries: readonly ReportEntry[]): string[] {
  const rows = entries.flatMap(({ setting, tasks }) =>
    (tasks?.writing ?? []).map(({ temperature, texts, reference, candidate, difference }) => [
      String(temperature),
      setting,
      count(texts),
      percent(reference.repetition.value),
      estimate(candidate.repetition, percent),
      estimate(difference, points),
      percent(reference.distinct1.value),
      percent(candidate.distinct1.value),
      percent(reference.distinct2.value),
      percent(candidate.distinct2.value),
    ]),
  );
  return rows.length === 0 ? [] : [table(WRITING_COLUMNS, rows), WRITING_NOTE];
}

/** A difference of shares, in points of a hundred. */
function points(value: number): string {
  return `${value > 0 ? "+" : ""}${(value * 100).toFixed(1)}`;
}

const ANSWER_COLUMNS = [
  { title: "task" },
  { title: "setting" },
  { title: "items", align: "right" },
  { title: "chance", align: "right" },
  { title: "reference right" },
  { title: "setting right" },
  { title: "difference, points" },
  { title: "lost / won" },
] as const;

const NOTE =
  "In brackets: 95 % intervals (Wilson; of the difference, on the same items, Newcombe). Lost: right under the reference alone; won: under the setting alone.\n";

const WRITING_COLUMNS = [
  { title: "temperature", align: "right" },
  { title: "setting" },
  { title: "texts", align: "right" },
  { title: "repeats, reference", align: "right" },
  { title: "repeats, setting" },
  { title: "difference, points" },
  { title: "distinct-1, ref.", align: "right" },
  { title: "setting", align: "right" },
  { title: "distinct-2, ref.", align: "right" },
  { title: "setting", align: "right" },
] as const;

const WRITING_NOTE =
  "Sampled freely, means over the texts. Repeats: share of a text's runs of four tokens that it had before; distinct-n: different runs of n tokens over all.\n";
