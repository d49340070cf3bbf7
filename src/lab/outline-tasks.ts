import { fixed, percent, thousands, withInterval } from "./figures.ts";
import type { Block, Section, Words } from "./outline.ts";
import type { ReportEntry } from "./report.ts";
import type { ReportTask, ReportWriting } from "./report-tasks.ts";

/** What settings answered, and how they wrote at several temperatures. */
export function taskSections(settings: readonly ReportEntry[]): Section[] {
  const answers = settings.flatMap(({ setting, tasks }) =>
    (tasks?.tasks ?? []).map((task) => ({ setting, task })),
  );
  const writing = settings.flatMap(({ setting, tasks }) =>
    (tasks?.writing ?? []).map((row) => ({ setting, row })),
  );
  const intervals = settings.find(({ tasks }) => tasks)?.tasks?.intervals ?? "";
  return [
    ...(answers.length > 0 ? [answerSection(answers, intervals)] : []),
    ...(writing.length > 0 ? [writingSection(writing)] : []),
  ];
}

function answerSection(
  answers: readonly { setting: string; task: ReportTask }[],
  intervals: string,
): Section {
  // All settings of a task stand together; another file of the same name is another task.
  const key = ({ task, source }: ReportTask): string => `${task} ${source.sha256}`;
  const kinds = [...new Set(answers.map(({ task }) => key(task)))];
  const rows = kinds.flatMap((kind) => answers.filter(({ task }) => key(task) === kind));
  const table: Block = {
    kind: "table",
    head: [
      "task",
      "setting",
      "items",
      "chance",
      "reference right",
      "setting right",
      "difference, points",
      "lost / won",
    ],
    rows: rows.map(({ setting, task }) => [
      [task.task, " (", { code: task.source.sha256.slice(0, 12) }, ")"],
      [{ code: setting }],
      [
        task.items < task.totalItems
          ? `${thousands(task.items)} of ${thousands(task.totalItems)}`
          : thousands(task.items),
      ],
      [percent(task.chance)],
      [withInterval(task.reference.share, percent)],
      [withInterval(task.candidate.share, percent)],
      [withInterval(task.difference, points)],
      [`${task.lost} / ${task.won}`],
    ]),
  };
  const words: Words = [
    `Questions with one right answer, told by likelihood; both models answer the same items. Lost: right under the reference alone; won: under the setting alone. Intervals: ${intervals}. In brackets: the first digits of the file's SHA-256.`,
  ];
  return { title: ["Tasks"], blocks: [{ kind: "words", words }, table] };
}

function writingSection(writing: readonly { setting: string; row: ReportWriting }[]): Section {
  const table: Block = {
    kind: "table",
    head: [
      "setting",
      "temperature",
      "texts",
      "tokens a text",
      "repeats, reference",
      "repeats, setting",
      "difference, points",
      "distinct-1, reference",
      "distinct-1, setting",
      "distinct-2, reference",
      "distinct-2, setting",
    ],
    rows: writing.map(
      ({ setting, row: { temperature, texts, reference, candidate, difference } }) => [
        [{ code: setting }],
        [String(temperature)],
        [thousands(texts)],
        [fixed(candidate.length.value, 1)],
        [percent(reference.repetition.value)],
        [withInterval(candidate.repetition, percent)],
        [withInterval(difference, points)],
        [percent(reference.distinct1.value)],
        [percent(candidate.distinct1.value)],
        [percent(reference.distinct2.value)],
        [percent(candidate.distinct2.value)],
      ],
    ),
  };
  const words: Words = [
    "Texts sampled freely from the same beginnings with the same seeds. Repeats: share of a text's runs of four tokens that it had before. Distinct-n: different runs of n tokens over all of a text's. Means over the texts.",
  ];
  return { title: ["Writing by temperature"], blocks: [{ kind: "words", words }, table] };
}

/** A difference of shares, in points of a hundred. */
function points(value: number): string {
  return `${value > 0 ? "+" : ""}${fixed(value * 100, 1)}`;
}
