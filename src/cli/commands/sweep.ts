import { existsSync } from "node:fs";
import { basename } from "node:path";
import { decodeTiming, meanKl } from "../../lab/measured.ts";
import { paretoFront } from "../../lab/pareto.ts";
import type { Report, ReportEntry } from "../../lab/report.ts";
import { type SweepRequest, sweep } from "../../lab/sweep.ts";
import { askedOf, createTasks, type TaskRequest } from "../../lab/task-run.ts";
import { usualReference } from "../../lab/usual-reference.ts";
import { UserError } from "../../lib/assert.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, count, digits, estimate } from "../format.ts";
import { readText } from "../model-source.ts";
import {
  type ModelOptions,
  referenceOption,
  textOption,
  untilOption,
  whole,
  withModel,
} from "../options.ts";
import {
  checkWritable,
  REPORT_FORMS,
  readReportFile,
  saveReport,
  sessionReport,
} from "../report-file.ts";
import { engineRoofs } from "../roofs.ts";
import { noteFailedChecks, type Session, withSession } from "../session.ts";
import { type ChosenSettings, canonical, wantedSettings, withSettings } from "../sweep-settings.ts";
import { table } from "../table.ts";
import {
  maxItemsOption,
  pairsOption,
  readTasks,
  type TaskOptions,
  tasksOption,
} from "../task-files.ts";
import { taskTables } from "../task-tables.ts";

interface SweepOptions extends ModelOptions, ChosenSettings, TaskOptions {
  reference?: string;
  text: string;
  window: number;
  stride: number;
  maxTokens?: number;
  until?: number;
  repeats: number;
  report?: string;
  resume?: true;
  json?: true;
}

const PROMPT_TOKENS = 128;
const TOKENS = 32;
/** A setting whose repeats stay unsteady is given up after so many times --repeats, or this time. */
const MOST_TIMES = 2;
const MOST_MS = 10_000;

export const addSweep: AddCommand = (program, context) => {
  withSettings(withModel(program.command("sweep")))
    .description(
      "measure quality, size and speed of many settings and say which of them nothing beats",
    )
    .addOption(referenceOption("what quality is compared with"))
    .addOption(textOption())
    .option("--window <tokens>", "tokens that the model sees at once", whole(2), 256)
    .option("--stride <tokens>", "from the start of a window to the next", whole(1), 128)
    .option("--max-tokens <count>", "score so many tokens of the text at most", whole(2))
    .addOption(untilOption())
    .addOption(tasksOption())
    .addOption(pairsOption())
    .addOption(maxItemsOption())
    .option(
      "--repeats <count>",
      "speed measurements of each setting; up to twice as many until their spread is within 5 %",
      whole(1),
      3,
    )
    .option("--report <file>", `write a report after every setting: ${REPORT_FORMS}`)
    .option("--resume", "go on with the report in JSON that is there, measuring what it lacks")
    .option("--json", "print the report instead of a table")
    .action(async (options: SweepOptions) => {
      const settings = wantedSettings(options);
      if (options.reference !== undefined) options.reference = canonical(options.reference);
      if (options.stride > options.window) {
        throw new UserError(
          "--stride is longer than --window: tokens between would not be scored.",
        );
      }
      if (options.report !== undefined) checkWritable(options.report);
      if (options.resume && options.report === undefined) {
        throw new UserError("--resume takes --report: the file to go on with.");
      }
      const text = await readText(options.text);
      const tasks = await readTasks(options, []);
      await withSession(context, options, (session) =>
        runSweep(context, session, options, settings, text, tasks),
      );
    });
};

async function runSweep(
  context: Context,
  session: Session,
  options: SweepOptions,
  settings: readonly string[],
  text: string,
  tasks: TaskRequest | null,
): Promise<void> {
  const { terminal, signal } = context;
  const { engine, model } = session;
  const { report: path, window, stride, maxTokens, until, repeats } = options;
  const { reference = usualReference(model) } = options;
  if (window > model.contextLength) {
    throw new UserError(
      `--window is ${window}, but ${model.name} has a context of ${model.contextLength} tokens.`,
    );
  }
  for (const setting of [reference, ...settings]) await engine.estimate(setting);
  const name = basename(options.text);
  const sha256 = await sha256Hex(text);
  const cap = {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(until === undefined ? {} : { within: until }),
  };
  const promptTokens = Math.min(PROMPT_TOKENS, Math.floor(model.contextLength / 2));
  const request: SweepRequest = {
    settings,
    reference,
    quality: { text, name, sha256, window, stride, ...cap },
    speed: {
      promptTokens,
      tokens: Math.min(TOKENS, model.contextLength - promptTokens),
      rule: { leastRepeats: repeats, mostRepeats: MOST_TIMES * repeats, mostMs: MOST_MS },
    },
  };
  const known =
    options.resume && path !== undefined ? await entriesToKeep(path, session, request, tasks) : [];
  const entries = [...known];
  const left = [reference, ...settings].filter(
    (setting, at, all) =>
      all.indexOf(setting) === at && !known.some((entry) => entry.setting === setting),
  );
  if (known.length > 0)
    terminal.note(`${known.length} settings of ${path} are kept, ${left.length} are left.`);
  const begun = performance.now();
  const roofs = await engineRoofs(context, engine);
  const report = (): Report => sessionReport(session, reference, entries, roofs);
  await sweep(
    engine,
    { ...request, settings: left, tasks: tasks && createTasks(engine, tasks) },
    {
      signal,
      onProgress: ({ setting, fraction, note }) => {
        const spent = (performance.now() - begun) / 1000;
        const rest = fraction > 0 ? `, ${minutes((spent * (1 - fraction)) / fraction)} left` : "";
        terminal.progress({ phase: "measure", fraction, note: `${setting}: ${note}${rest}` });
      },
      onState: (state) => noteFailedChecks(terminal, state),
      onEntry: async (entry) => {
        entries.push(entry);
        if (path !== undefined) await saveReport(path, report());
        terminal.note(`${entries.length - known.length} of ${left.length}: ${inShort(entry)}`);
      },
    },
  );
  if (signal.aborted) return;
  if (path !== undefined) terminal.note(`The report is in ${path}.`);
  terminal.out(
    options.json ? `${JSON.stringify(report(), null, 2)}\n` : page(session, entries, options),
  );
}

/** The entries of an earlier run of the same sweep; of another one, going on would mix what cannot be compared. */
async function entriesToKeep(
  path: string,
  { model, adapter }: Session,
  { reference, quality }: SweepRequest,
  tasks: TaskRequest | null,
): Promise<readonly ReportEntry[]> {
  if (!existsSync(path)) return [];
  const report = await readReportFile(path);
  const differences = [
    ["model", report.model.sha256, model.sha256],
    ["adapter", report.adapter.name, adapter.name],
    ["reference", report.reference, reference],
    ...report.settings.flatMap(({ setting, quality: known }) =>
      known && quality
        ? [
            [`text of ${setting}`, known.text.sha256, quality.sha256] as const,
            [
              `windows of ${setting}`,
              `${known.window}/${known.stride}`,
              `${quality.window}/${quality.stride}`,
            ] as const,
            [`stop of ${setting}`, known.within, quality.within ?? null] as const,
            ...(known.ended === "enough"
              ? []
              : [
                  [
                    `tokens of ${setting}`,
                    known.tokens,
                    Math.min(known.totalTokens, quality.maxTokens ?? Infinity),
                  ] as const,
                ]),
          ]
        : [],
    ),
    ...report.settings
      .filter(({ role }) => role === "candidate")
      .map((entry) => [`tasks of ${entry.setting}`, askedOf(entry.tasks), askedOf(tasks)] as const),
  ] as const;
  const other = differences.find(([, there, here]) => there !== here);
  if (other) {
    const [what, there, here] = other;
    throw new UserError(
      `${path}: the ${what} is ${there} there and ${here} here; write to another file, or leave --resume out.`,
    );
  }
  return report.settings;
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function inShort(entry: ReportEntry): string {
  const { setting, quality } = entry;
  const decode = decodeTiming(entry);
  const words = [
    ...(quality ? [`KL ${digits(quality.kl.mean.value)}`] : []),
    ...(decode ? [`${digits(decode.tokensPerSecond)} tokens/s`] : []),
  ];
  return `${setting}: ${words.join(", ")}`;
}

function page(
  { model, adapter }: Session,
  entries: readonly ReportEntry[],
  { text }: SweepOptions,
): string {
  const rows = entries.map((entry) => ({ entry, ...figures(entry) }));
  const bySize = paretoFront(
    rows.map(({ bytes, kl }) => [bytes, kl]),
    ["least", "least"],
  );
  const bySpeed = paretoFront(
    rows.map(({ rate, kl }) => [rate, kl]),
    ["most", "least"],
  );
  const cells = rows.map(({ entry, bytes, rate, kl }, at) => [
    entry.setting,
    (bytes / 1e6).toFixed(2),
    entry.bitsPerWeight.toFixed(2),
    entry.quality ? entry.quality.perplexity.candidate.value.toFixed(3) : "",
    kl === 0 ? "0" : entry.quality ? estimate(entry.quality.kl.mean) : "",
    Number.isNaN(rate) ? "" : digits(rate),
    [bySize[at] ? "size" : "", bySpeed[at] ? "speed" : ""].filter(Boolean).join(", "),
  ]);
  const scored = entries.find(({ quality }) => quality)?.quality;
  return [
    `${model.name} on ${adapterName(adapter)}; ${count(scored?.tokens ?? 0)} tokens of ${basename(text)}\n`,
    table(COLUMNS, cells),
    "In brackets: 95 % intervals. Unbeaten: none has both less KL and fewer bytes (size), or less KL and more tokens a second (speed).\nSettings were measured one after another; `bench` lets them take turns.\n",
    taskTables(entries),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function figures(entry: ReportEntry): { bytes: number; rate: number; kl: number } {
  return {
    bytes: entry.bytes.total,
    rate: decodeTiming(entry)?.tokensPerSecond ?? Number.NaN,
    kl: meanKl(entry)?.value ?? Number.NaN,
  };
}

const COLUMNS = [
  { title: "setting" },
  { title: "MB", align: "right" },
  { title: "bits/weight", align: "right" },
  { title: "perplexity", align: "right" },
  { title: "KL, nats" },
  { title: "decode tok/s", align: "right" },
  { title: "unbeaten in" },
] as const;
