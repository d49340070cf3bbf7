import { Option } from "commander";
import type { CurveSample, SettingState } from "../../engine/protocol.ts";
import { measureCurves } from "../../lab/curves.ts";
import { summariseSpeed } from "../../lab/speed.ts";
import { measureInTurns, type StopRule, stopWords } from "../../lab/steady.ts";
import { UserError } from "../../lib/assert.ts";
import type { PeerProvider } from "../../peer/protocol.ts";
import { type BenchRow, benchJson, benchPage } from "../bench-page.ts";
import { besidePeer, peerProviders } from "../beside.ts";
import type { AddCommand, Context } from "../context.ts";
import { json } from "../format.ts";
import { modulesPage } from "../modules-page.ts";
import { list, type ModelOptions, option, whole, withModel } from "../options.ts";
import { PEERS, type PeerName } from "../peer.ts";
import { benchReport, checkWritable, REPORT_FORMS, saveReport } from "../report-file.ts";
import { engineRoofs } from "../roofs.ts";
import { noteFailedChecks, type Session, withSession } from "../session.ts";

interface BenchOptions extends ModelOptions {
  settings: string[];
  promptTokens: number;
  tokens: number;
  repeats: number;
  modules?: true;
  maxRepeats: number;
  maxSeconds: number;
  curves?: true;
  peer?: PeerName;
  peerOn: PeerProvider[];
  report?: string;
  json?: true;
}

const SETTINGS = "f16,int8-g32,int4-g32";

/** Visits of every point of a curve. */
const CURVE_ROUNDS = 6;

export const addBench: AddCommand = (program, context) => {
  withModel(program.command("bench"))
    .description("measure how fast the model runs under several settings")
    .addOption(option("--settings <list>", "settings, commas between", list, SETTINGS))
    .option("--prompt-tokens <count>", "tokens of the prompt", whole(1), 128)
    .option("--tokens <count>", "tokens written after it", whole(2), 64)
    .option("--repeats <count>", "measurements of each setting, in any case", whole(1), 12)
    .option(
      "--max-repeats <count>",
      "measurements after which a setting whose spread is over 5 % is given up",
      whole(1),
      36,
    )
    .option("--max-seconds <count>", "time for each setting after which it is", whole(1), 60)
    .option("--curves", "measure speed against position and against tokens of the prompt, too")
    .addOption(
      new Option("--peer <name>", "measure this program on the same weights").choices(PEERS),
    )
    .addOption(option("--peer-on <list>", "what the peer computes on", peerProviders, "webgpu,cpu"))
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
  const measured = options.peer
    ? await measureWithPeer(context, session, options)
    : await measure(context, session, options);
  const rows = await withDetails(context, session, options, measured);
  if (signal.aborted) return;
  const roofs = isProfiled(options) ? await engineRoofs(context, engine) : null;
  const report = benchReport(session, rows, roofs);
  if (options.report !== undefined) {
    await saveReport(options.report, report);
    terminal.note(`The report is in ${options.report}.`);
  }
  if (options.json) {
    terminal.out(json(benchJson(session, rows, options.modules ? report : null)));
    return;
  }
  const modules = options.modules
    ? report.settings.map((entry) => `\n${modulesPage(entry, roofs)}`)
    : [];
  terminal.out(benchPage(session, rows) + modules.join(""));
}

function isProfiled({ modules, report }: BenchOptions): boolean {
  return modules === true || report !== undefined;
}

async function measure(
  context: Context,
  session: Session,
  options: BenchOptions,
): Promise<BenchRow[]> {
  const { engine } = session;
  const { terminal, signal } = context;
  const { settings, promptTokens, tokens } = options;
  const states = new Map<string, SettingState>();
  const rule = ruleOf(options);
  const measured = await measureInTurns(
    settings,
    rule,
    async (setting, repeats, taken) => {
      const fraction = Math.min(1, taken / rule.leastRepeats);
      const note = `${setting}, ${taken} repeats so far`;
      const progress = (): void => terminal.progress({ phase: "measure", fraction, note });
      progress();
      states.set(setting, await engine.apply("candidate", setting, progress));
      return await engine.speed({ side: "candidate", promptTokens, tokens, repeats }, progress);
    },
    signal,
  );
  const rows: BenchRow[] = [];
  for (const [setting, state] of states) {
    const steady = measured.get(setting);
    if (signal.aborted || !steady) break;
    noteFailedChecks(terminal, state);
    const { sample } = steady;
    rows.push({
      state,
      sample,
      extras: { stopped: steady, order: settings.length > 1 ? "in turns" : null },
      profile: null,
      speed: summariseSpeed(sample),
      stoppedBecause: stopWords(steady),
    });
  }
  return rows;
}

async function measureWithPeer(
  context: Context,
  session: Session,
  options: BenchOptions,
): Promise<BenchRow[]> {
  const rows = await besidePeer(context, session, options, ruleOf(options));
  return rows.map(({ state, steady, peers }) => ({
    state,
    sample: steady.sample,
    extras: { stopped: steady, order: "in turns" },
    profile: null,
    peers,
    speed: summariseSpeed(steady.sample),
    stoppedBecause: stopWords(steady),
  }));
}

function ruleOf({ repeats, maxRepeats, maxSeconds }: BenchOptions): StopRule {
  return {
    leastRepeats: repeats,
    mostRepeats: Math.max(repeats, maxRepeats),
    mostMs: maxSeconds * 1000,
  };
}

/** Modules and kernels where they or a report are asked for, and curves where they are asked for: the setting has to be applied once more. */
async function withDetails(
  { terminal, signal }: Context,
  session: Session,
  options: BenchOptions,
  rows: readonly BenchRow[],
): Promise<BenchRow[]> {
  const { curves: wanted } = options;
  if (!isProfiled(options) && !wanted) return [...rows];
  const { engine } = session;
  const detailed: BenchRow[] = [];
  for (const row of rows) {
    if (signal.aborted) break;
    const { setting } = row.state;
    const progress = (part: string) => (fraction: number | null) =>
      terminal.progress({ phase: "measure", fraction, note: `${setting}, ${part}` });
    await engine.apply("candidate", setting, () => {});
    progress("single kernels")(1);
    const profile = isProfiled(options) ? await engine.profile("candidate") : null;
    const curves = wanted ? await curvesOf(session, progress("curves"), signal) : null;
    detailed.push({ ...row, profile, extras: { ...row.extras, curves } });
  }
  return detailed;
}

async function curvesOf(
  { engine, model: { contextLength } }: Session,
  tell: (fraction: number | null) => void,
  signal: AbortSignal,
): Promise<CurveSample | null> {
  const measured = await measureCurves(
    engine,
    ["candidate"],
    contextLength,
    CURVE_ROUNDS,
    ({ fraction }) => tell(fraction),
    signal,
  );
  return measured?.get("candidate") ?? null;
}
