import type { Engine, SettingState, SpeedSample } from "../../engine/protocol.ts";
import { tokenTime } from "../../lab/modules.ts";
import type { Report } from "../../lab/report.ts";
import {
  interleave,
  mergeSamples,
  type SpeedSummary,
  splitRepeats,
  summariseSpeed,
} from "../../lab/speed.ts";
import { UserError } from "../../lib/assert.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, count, digits, json, spread } from "../format.ts";
import { modulesPage } from "../modules-page.ts";
import { list, type ModelOptions, option, whole, withModel } from "../options.ts";
import {
  benchReport,
  checkWritable,
  type Measured,
  REPORT_FORMS,
  saveReport,
} from "../report-file.ts";
import { engineRoofs } from "../roofs.ts";
import { adapterJson, noteFailedChecks, type Session, withSession } from "../session.ts";
import { table } from "../table.ts";

interface BenchOptions extends ModelOptions {
  settings: string[];
  promptTokens: number;
  tokens: number;
  repeats: number;
  modules?: true;
  report?: string;
  json?: true;
}

interface Row extends Measured {
  readonly speed: SpeedSummary;
}

const SETTINGS = "f16,int8-g32,int4-g32";

/** Even, so that interleaving goes as often forwards as backwards. */
const ROUNDS = 4;

export const addBench: AddCommand = (program, context) => {
  withModel(program.command("bench"))
    .description("measure how fast the model runs under several settings")
    .addOption(option("--settings <list>", "settings, commas between", list, SETTINGS))
    .option("--prompt-tokens <count>", "tokens of the prompt", whole(1), 128)
    .option("--tokens <count>", "tokens written after it", whole(2), 64)
    .option("--repeats <count>", "measurements of each setting", whole(1), 12)
    .option(
      "--modules",
      "say where the time of a token goes, and what the device's roofs would allow",
    )
    .option("--report <file>", `write a report, too: ${REPORT_FORMS}`)
    .option("--json", "print one JSON document")
    .action(async (options: BenchOptions) => {
      if (options.report !== undefined) checkWritable(options.report);
      await withSession(context, options, (session) => bench(context, session, options));
    });
};

async function bench(context: Context, session: Session, options: BenchOptions): Promise<void> {
  const { terminal, signal } = context;
  const { engine, model } = session;
  const { promptTokens, tokens } = options;
  if (promptTokens + tokens > model.contextLength) {
    throw new UserError(
      `--prompt-tokens and --tokens make ${promptTokens + tokens}, ` +
        `but the context of ${model.name} ends at ${model.contextLength} tokens.`,
    );
  }
  for (const setting of options.settings) await engine.estimate(setting);
  const rows = await measure(context, engine, options);
  if (signal.aborted) return;
  const roofs = isProfiled(options) ? await engineRoofs(context, engine) : null;
  const report = benchReport(session, rows, roofs);
  if (options.report !== undefined) {
    await saveReport(options.report, report);
    terminal.note(`The report is in ${options.report}.`);
  }
  if (options.json) {
    terminal.out(json(documentOf(session, rows, options.modules ? report : null)));
    return;
  }
  const modules = options.modules
    ? report.settings.map((entry) => `\n${modulesPage(entry, roofs)}`)
    : [];
  terminal.out(page(session, rows) + modules.join(""));
}

function isProfiled({ modules, report }: BenchOptions): boolean {
  return modules === true || report !== undefined;
}

async function measure(context: Context, engine: Engine, options: BenchOptions): Promise<Row[]> {
  const { terminal, signal } = context;
  const { settings, promptTokens, tokens } = options;
  const states = new Map<string, SettingState>();
  const samples = new Map<string, SpeedSample[]>();
  // One setting alone has nothing to take turns with.
  const rounds = splitRepeats(options.repeats, settings.length === 1 ? 1 : ROUNDS);
  let visits = 0;
  await interleave(settings, rounds.length, async (setting, round) => {
    if (signal.aborted) return;
    const fraction = visits++ / (settings.length * rounds.length);
    const note = `${setting}, round ${round + 1} of ${rounds.length}`;
    const progress = (): void => terminal.progress({ phase: "measure", fraction, note });
    progress();
    states.set(setting, await engine.apply("candidate", setting, progress));
    const repeats = rounds[round] ?? 1;
    const request = { side: "candidate", promptTokens, tokens, repeats } as const;
    const sample = await engine.speed(request, progress);
    samples.set(setting, [...(samples.get(setting) ?? []), sample]);
  });
  const rows: Row[] = [];
  for (const [setting, state] of states) {
    if (signal.aborted) break;
    noteFailedChecks(terminal, state);
    const sample = mergeSamples(samples.get(setting) ?? []);
    let profile: Row["profile"] = null;
    if (isProfiled(options)) {
      terminal.progress({ phase: "measure", fraction: 1, note: `${setting}, single kernels` });
      await engine.apply("candidate", setting, () => {});
      profile = await engine.profile("candidate");
    }
    rows.push({ state, sample, profile, speed: summariseSpeed(sample) });
  }
  return rows;
}

/** With the report, every row says where its time goes as well. */
function documentOf(
  { model, adapter }: Session,
  rows: readonly Row[],
  report: Report | null,
): object {
  return {
    model: model.name,
    adapter: adapterJson(adapter),
    ...(report && { roofs: report.roofs }),
    rows: rows.map(({ state, speed: { prefill, decode, ...lengths } }, at) => ({
      setting: state.setting,
      weightBytes: state.size.weightBytes,
      bitsPerWeight: state.size.bitsPerWeight,
      dispatchesPerToken: state.dispatchesPerToken,
      ...lengths,
      prefill,
      decode,
      ...(report && profileJson(report, at)),
    })),
  };
}

function profileJson({ roofs, settings }: Report, at: number): object {
  const entry = settings[at];
  if (!entry) return {};
  const { token, modules, metrics, kernels } = entry;
  return { token, time: tokenTime(entry, roofs), modules, metrics, kernels };
}

function page({ model, adapter }: Session, rows: readonly Row[]): string {
  const first = rows[0]?.speed;
  const title = [
    `${model.name} on ${adapterName(adapter)}`,
    `${count(first?.promptTokens ?? 0)} prompt tokens, ${count(first?.tokens ?? 0)} written after`,
    `medians of ${count(first?.decode.samples ?? 0)}`,
    ...(rows.length > 1 ? ["settings measured in turns"] : []),
  ].join("; ");
  const cells = rows.map(({ state, speed: { prefill, decode } }) => [
    state.setting,
    (state.size.weightBytes / 1e6).toFixed(2),
    state.size.bitsPerWeight.toFixed(2),
    digits(prefill.tokensPerSecond),
    spread(prefill),
    digits(decode.tokensPerSecond),
    spread(decode),
    count(state.dispatchesPerToken),
  ]);
  return `${title}\n\n${table(COLUMNS, cells)}`;
}

const COLUMNS = [
  { title: "setting" },
  { title: "MB", align: "right" },
  { title: "bits/weight", align: "right" },
  { title: "prefill tok/s", align: "right" },
  { title: "spread" },
  { title: "decode tok/s", align: "right" },
  { title: "spread" },
  { title: "dispatches/token", align: "right" },
] as const;
