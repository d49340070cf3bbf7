import { cpus, loadavg } from "node:os";
import { type AdapterChoice, openNodeGpu } from "../../src/cli/adapters.ts";
import { caseOptions, sampleKernel } from "../../src/engine/kernel-bench.ts";
import { KernelCase, type PreparedKernel } from "../../src/engine/kernel-bench-case.ts";
import { deviceFeatures } from "../../src/engine/shared.ts";
import { GpuContext } from "../../src/gpu/context.ts";
import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { median } from "../../src/lib/stats.ts";
import { peerKernel } from "../../src/peer/kernel.ts";
import { nodeRuntime } from "../../src/peer/node.ts";
import { tensorBytes } from "../../src/quant/pack.ts";
import { formats, layoutOf, usualFormat } from "../../src/quant/registry.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import { formatName } from "../../src/quant/weight-format.ts";
import { fastest } from "./compare.ts";

/** A format's kernel beside int4-g32's of the same shape, and beside the peer's where tokens are many. */
export interface FormatSpeed {
  readonly format: string;
  readonly variant: string;
  readonly bits: number;
  readonly ms: number;
  /** Its time over int4-g32's, the median of samples taken in turns. */
  readonly ofInt4: number;
  /** The peer's time over its own, MatMulNBits of int4 with groups of 32. */
  readonly asFastAsPeer?: number;
}

export interface FormatsBench {
  readonly adapter: string;
  readonly machine: string;
  readonly time: string;
  readonly load: readonly [before: number, after: number];
  readonly matvec: readonly FormatSpeed[];
  readonly matmul: readonly FormatSpeed[];
}

const SIDE = 1024;
const BATCH = 64;
const ROUNDS = 7;
/** Samples that choose int4-g32's variant: every ratio rests on it. */
const YARDSTICK_TRIALS = 15;
const YARDSTICK = "int4-g32";

/** What stands beside the usual form of every format. */
const EXTRAS = [
  "int4-g32+2:4",
  "nf4-g32+2:4",
  "int4-g32+a8+dp4a",
  "int4-g32+a8+bitserial",
  "int2-g32+a2+dp4a",
  "int2-g32+a2+bitserial",
  "bipolar1-g32+a2+bitserial",
  "bipolar1-g32+a8+dp4a",
  "bipolar1-g32+a8+lut",
  ...[2, 3, 4].flatMap((planes) => [`bcq${planes}-g32+a8+dp4a`, `bcq${planes}-g32+a8+lut`]),
];

export const everySetting: readonly string[] = [
  ...formats.map((row) => formatName(usualFormat(row))),
  ...EXTRAS,
];

/** Every format's matvec and matmul on one adapter, each in turns with int4-g32's. */
export async function benchFormats(
  choice: AdapterChoice,
  settings: readonly string[],
  say: (line: string) => void,
): Promise<FormatsBench> {
  const [before = 0] = loadavg();
  const { gpu, adapter, name } = await openNodeGpu(choice);
  const runtime = await nodeRuntime();
  const context = await GpuContext.open(adapter);
  const pipelines = new PipelineCache(context);
  const features = deviceFeatures(context, new Set(gpu.wgslLanguageFeatures));
  const open = (setting: string, m: number): KernelCase => {
    const shape = { m, n: SIDE, k: SIDE };
    const options = caseOptions(m === 1 ? "matvec" : "matmul", parseSetting(setting), shape);
    return new KernelCase(context, pipelines, features, options);
  };

  const measure = async (m: number): Promise<FormatSpeed[]> => {
    const yardstick = open(YARDSTICK, m);
    const known = await fastest(context, yardstick, YARDSTICK_TRIALS);
    const shape = { m, n: SIDE, k: SIDE };
    const peer = m === 1 ? undefined : await peerKernel(runtime, yardstick.tensor, shape);
    const rows: FormatSpeed[] = [];
    for (const format of settings) {
      const made = open(format, m);
      const found = await fastest(context, made);
      const times = { own: [] as number[], int4: [] as number[], peer: [] as number[] };
      const sample = async ({ kernel, repeats }: { kernel: PreparedKernel; repeats: number }) =>
        await sampleKernel(context, kernel, repeats);
      for (let round = 0; round < ROUNDS; round++) {
        times.own.push(await sample(found));
        times.int4.push(await sample(known));
        if (peer) times.peer.push(await peer.sample());
      }
      const ms = median(times.own);
      const ofInt4 = inTurns(times.own, times.int4);
      rows.push({
        format,
        variant: found.kernel.variant.id,
        bits: bitsPerWeight(made),
        ms,
        ofInt4,
        ...(peer && { asFastAsPeer: inTurns(times.peer, times.own) }),
      });
      made.destroy();
      say(`${format} x${m}: ${ms.toFixed(3)} ms, ${ofInt4.toFixed(2)} of int4`);
    }
    await peer?.destroy();
    yardstick.destroy();
    return rows;
  };

  const matvec = await measure(1);
  const matmul = await measure(BATCH);
  context.close();
  const [after = 0] = loadavg();
  const [cpu] = cpus();
  return {
    adapter: name,
    machine: `${cpus().length} x ${cpu?.model.trim() ?? "unknown processor"}`,
    time: new Date().toISOString(),
    load: [before, after],
    matvec,
    matmul,
  };
}

/** The median ratio of samples taken one after the other, which a busy moment of the machine slows alike. */
function inTurns(over: readonly number[], under: readonly number[]): number {
  return median(over.map((ms, turn) => ms / (under[turn] ?? Number.NaN)));
}

function bitsPerWeight({ options, tensor: { format, rows, cols } }: KernelCase): number {
  const layout = layoutOf(options.family);
  const { weights, scales, positions } = tensorBytes(format, rows, cols, layout);
  return (8 * (weights + scales + positions)) / (rows * cols);
}
