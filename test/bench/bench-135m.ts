import { cpus, loadavg } from "node:os";
import onnxruntime from "onnxruntime-node/package.json";
import dawn from "webgpu/package.json";
import { version } from "../../package.json";
import { type AdapterChoice, openNodeGpu } from "../../src/cli/adapters.ts";
import { findModelSource } from "../../src/cli/model-source.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { Engine, ModelInfo, SpeedSample } from "../../src/engine/protocol.ts";
import { type Agreement, agreementOf } from "../../src/lab/beside.ts";
import { mergeSamples, type SpeedSummary, summariseSpeed } from "../../src/lab/speed.ts";
import { fixedIds } from "../../src/lib/fixed-ids.ts";
import { median } from "../../src/lib/stats.ts";
import { nodeHost } from "../../src/peer/node.ts";
import { createPeer } from "../../src/peer/peer.ts";
import type { Peer } from "../../src/peer/protocol.ts";

export { bigModelDocument } from "./bench-135m-document.ts";

export interface BigModelBench {
  readonly adapter: string;
  readonly software: boolean;
  readonly time: string;
  readonly machine: string;
  /** Processes that wanted to run before this one began and when it ended, a minute's average. */
  readonly load: readonly [before: number, after: number];
  readonly versions: Readonly<Record<string, string>>;
  readonly model: string;
  readonly parameters: number;
  readonly setting: string;
  readonly ours: SpeedSummary;
  readonly peer: SpeedSummary;
  readonly agreement: Pick<Agreement, "positions" | "maxDifference" | "sameTop1">;
  /** Milliseconds a token, visit by visit. */
  readonly positions: readonly {
    readonly position: number;
    readonly decodeMs: readonly number[];
  }[];
}

const SETTING = "int4-g32";
/** Few, so that software adapters end: both programs take them in turns. */
const LENGTHS = { promptTokens: 128, tokens: 9 } as const;
const ROUNDS = 2;
/** The attention of one operator is wrong on adapters with narrow subgroups, see src/peer/README.md. */
const ATTENTION = "plain";
const CHECKED = { together: 16, all: 18 } as const;
const POSITIONS = [10, 1000];
const VISITS = 4;

/** A large model beside ONNX Runtime's WebGPU provider: the same codes, the same adapter, in turns, in one process. */
export async function benchBigModel(
  path: string,
  choice: AdapterChoice,
  say: (line: string) => void,
): Promise<BigModelBench> {
  const [before = 0] = loadavg();
  let adapter = { name: "", software: true };
  const engine = createEngine({
    runtime: "node",
    async openAdapter() {
      const opened = await openNodeGpu(choice);
      adapter = { name: opened.name, software: opened.software };
      return { ...opened, wgslFeatures: new Set(opened.gpu.wgslLanguageFeatures) };
    },
    memory: { get: async () => null, set: async () => {} },
  });
  await engine.start({}, ({ sentence }) => {
    throw new Error(sentence);
  });
  const model = await engine.load(await findModelSource(path), () => {});
  const { setting } = await engine.apply("candidate", SETTING, () => {});
  say(`${model.name} runs on ${adapter.name}`);
  const { byPosition } = await engine.curves(
    { side: "candidate", positions: POSITIONS, promptTokens: [], repeats: VISITS },
    () => {},
  );
  for (const { position, decodeMs } of byPosition)
    say(`position ${position}: ${median(decodeMs).toFixed(1)} ms a token`);
  const peer = createPeer(nodeHost);
  await peer.start();
  const agreement = await agreementWith(engine, peer, model);
  say(`logits ${agreement.maxDifference.toExponential(1)} apart at most`);
  const speeds = await inTurns(engine, peer, model, say);
  await peer.close();
  await engine.dispose();
  const [after = 0] = loadavg();
  const [cpu] = cpus();
  return {
    ...adapter,
    adapter: adapter.name,
    time: new Date().toISOString(),
    machine: `${cpus().length} x ${cpu?.model.trim() ?? "unknown processor"}`,
    load: [before, after],
    versions: {
      Bitdial: version,
      Node: process.versions.node,
      webgpu: dawn.version,
      "onnxruntime-node": onnxruntime.version,
    },
    model: model.name,
    parameters: model.parameters,
    setting,
    ...speeds,
    agreement,
    positions: byPosition,
  };
}

async function agreementWith(engine: Engine, peer: Peer, model: ModelInfo): Promise<Agreement> {
  const ids = fixedIds(CHECKED.all, model.vocabSize);
  const ours = await engine.logits("candidate", ids, false);
  const kind = { output: "all", attention: ATTENTION } as const;
  const graph = await engine.exportOnnx(SETTING, kind.output, kind.attention);
  const theirs = await peer.logits(
    { graph, shape: model, provider: "webgpu", ...kind },
    ids,
    CHECKED.together,
  );
  return agreementOf(ours, theirs, model.vocabSize);
}

async function inTurns(
  engine: Engine,
  peer: Peer,
  model: ModelInfo,
  say: (line: string) => void,
): Promise<{ ours: SpeedSummary; peer: SpeedSummary }> {
  const kind = { output: "next", attention: ATTENTION } as const;
  const graph = await engine.exportOnnx(SETTING, kind.output, kind.attention);
  await peer.open(SETTING, { graph, shape: model, provider: "webgpu", ...kind });
  const [ours, theirs]: [SpeedSample[], SpeedSample[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const request = { ...LENGTHS, repeats: 1, warmups: round === 0 ? 1 : 0 };
    const our = await engine.speed({ ...request, side: "candidate" }, () => {});
    const words = ({ prefillMs, decodeMs }: SpeedSample): string =>
      `${prefillMs[0]?.toFixed(0)} ms prefill, ${decodeMs[0]?.toFixed(1)} ms a token`;
    say(`round ${round + 1}: Bitdial ${words(our)}`);
    const their = await peer.speed(SETTING, request);
    say(`round ${round + 1}: ONNX Runtime ${words(their)}`);
    ours.push(our);
    theirs.push(their);
  }
  return {
    ours: summariseSpeed(mergeSamples(ours)),
    peer: summariseSpeed(mergeSamples(theirs)),
  };
}
