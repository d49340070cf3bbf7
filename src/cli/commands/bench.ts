import { InvalidArgumentError, Option } from "commander";
import type { Engine, SettingState, SpeedSample } from "../../engine/protocol.ts";
import { measureBeside, type PeerResult } from "../../lab/beside.ts";
import { peerName, peerPart, peerWords } from "../../lab/report-peer.ts";
import {
  interleave,
  mergeSamples,
  type SpeedSummary,
  splitRepeats,
  summariseSpeed,
} from "../../lab/speed.ts";
import { UserError } from "../../lib/assert.ts";
import { nodeHost } from "../../peer/node.ts";
import { createPeer } from "../../peer/peer.ts";
import type { PeerProvider } from "../../peer/protocol.ts";
import type { AddCommand, Context } from "../context.ts";
import { adapterName, count, digits, json, spread } from "../format.ts";
import { list, type ModelOptions, option, whole, withModel } from "../options.ts";
import { PEERS, type PeerName } from "../peer.ts";
import {
  benchReport,
  checkWritable,
  type Measured,
  REPORT_FORMS,
  saveReport,
} from "../report-file.ts";
import { adapterJson, noteFailedChecks, type Session, withSession } from "../session.ts";
import { table } from "../table.ts";

interface BenchOptions extends ModelOptions {
  settings: string[];
  promptTokens: number;
  tokens: number;
  repeats: number;
  peer?: PeerName;
  peerOn: PeerProvider[];
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
    .addOption(
      new Option("--peer <name>", "measure this program on the same weights").choices(PEERS),
    )
    .addOption(option("--peer-on <list>", "what the peer computes on", providers, "webgpu,cpu"))
    .option("--report <file>", `write a report, too: ${REPORT_FORMS}`)
    .option("--json", "print one JSON document")
    .action(async (options: BenchOptions) => {
      if (options.report !== undefined) checkWritable(options.report);
      await withSession(context, options, (session) => bench(context, session, options));
    });
};

/** Commander's parser for --peer-on. */
function providers(text: string): PeerProvider[] {
  return list(text).map((name) => {
    if (name !== "webgpu" && name !== "cpu") {
      throw new InvalidArgumentError(`The peer computes on webgpu or cpu here, not on "${name}".`);
    }
    return name;
  });
}

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
  const rows = options.peer
    ? await besidePeer(context, session, options)
    : await measure(context, engine, options);
  if (signal.aborted) return;
  if (options.report !== undefined) {
    await saveReport(options.report, benchReport(session, rows));
    terminal.note(`The report is in ${options.report}.`);
  }
  terminal.out(options.json ? json(documentOf(session, rows)) : page(session, rows));
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
    const kernels = await kernelsOf(context, engine, setting, options);
    rows.push({ state, sample, kernels, speed: summariseSpeed(sample) });
  }
  return rows;
}

/** Single kernels go into reports alone. */
async function kernelsOf(
  { terminal }: Context,
  engine: Engine,
  setting: string,
  { report }: BenchOptions,
): Promise<Row["kernels"]> {
  if (report === undefined) return [];
  terminal.progress({ phase: "measure", fraction: 1, note: `${setting}, single kernels` });
  await engine.apply("candidate", setting, () => {});
  return await engine.profile("candidate");
}

/** Ours and the peer's in turns, on the driver that ours has opened already. */
async function besidePeer(
  context: Context,
  { engine, model }: Session,
  options: BenchOptions,
): Promise<Row[]> {
  const { terminal, signal } = context;
  const { settings, peerOn, promptTokens, tokens, repeats } = options;
  const peer = createPeer(nodeHost);
  const cancel = (): void => void peer.cancel();
  signal.addEventListener("abort", cancel);
  const speed = { promptTokens, tokens, repeats };
  const measured = await measureBeside(
    engine,
    peer,
    { model, settings, providers: peerOn, speed },
    {
      signal,
      onProgress: (fraction, note) => terminal.progress({ phase: "measure", fraction, note }),
      onState: (state) => noteFailedChecks(terminal, state),
      onLack: (sentence) => terminal.note(sentence),
    },
  ).finally(() => signal.removeEventListener("abort", cancel));
  const rows: Row[] = [];
  for (const row of measured) {
    const kernels = await kernelsOf(context, engine, row.state.setting, options);
    rows.push({ ...row, kernels, speed: summariseSpeed(row.sample) });
  }
  return rows;
}

function documentOf({ model, adapter }: Session, rows: readonly Row[]): object {
  return {
    model: model.name,
    adapter: adapterJson(adapter),
    rows: rows.map(({ state, peers, speed: { prefill, decode, ...lengths } }) => ({
      setting: state.setting,
      weightBytes: state.size.weightBytes,
      bitsPerWeight: state.size.bitsPerWeight,
      dispatchesPerToken: state.dispatchesPerToken,
      ...lengths,
      prefill,
      decode,
      ...(peers && {
        peers: peers.map(({ sample, ...peer }) => {
          const { prefill, decode } = summariseSpeed(sample);
          return { name: "onnxruntime", ...peer, prefill, decode };
        }),
      }),
    })),
  };
}

function page({ model, adapter }: Session, rows: readonly Row[]): string {
  const first = rows[0]?.speed;
  const title = [
    `${model.name} on ${adapterName(adapter)}`,
    `${count(first?.promptTokens ?? 0)} prompt tokens, ${count(first?.tokens ?? 0)} written after`,
    `medians of ${count(first?.decode.samples ?? 0)}`,
    ...(rows.length > 1 ? ["settings measured in turns"] : []),
  ].join("; ");
  const cells = rows.flatMap(({ state, speed, peers = [] }) => [
    [
      state.setting,
      (state.size.weightBytes / 1e6).toFixed(2),
      state.size.bitsPerWeight.toFixed(2),
      ...speedCells(speed),
      count(state.dispatchesPerToken),
    ],
    ...peers.map(({ provider, sample }) => [
      `  ONNX Runtime, ${provider}`,
      "",
      "",
      ...speedCells(summariseSpeed(sample)),
      "",
    ]),
  ]);
  const sentences = rows.flatMap((row) => (row.peers ?? []).map((peer) => peerSentence(row, peer)));
  const below = sentences.length > 0 ? `\n${sentences.join("\n")}\n` : "";
  return `${title}\n\n${table(COLUMNS, cells)}${below}`;
}

function speedCells({ prefill, decode }: SpeedSummary): string[] {
  return [
    digits(prefill.tokensPerSecond),
    spread(prefill),
    digits(decode.tokensPerSecond),
    spread(decode),
  ];
}

/** Whether the peer computes the same, and who is how much faster. */
function peerSentence({ state, speed }: Row, result: PeerResult): string {
  const theirs = summariseSpeed(result.sample);
  const peer = peerPart(result);
  const ratio = (what: "prefill" | "decode"): string =>
    digits(theirs[what].medianMs / speed[what].medianMs);
  return `${state.setting}, ${peerName(peer)}: ${peerWords(peer)} Bitdial's speed is ${ratio("prefill")} times its speed in prefill, ${ratio("decode")} times in decode.`;
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
