import { type AdapterChoice, openNodeGpu } from "../../src/cli/adapters.ts";
import { caseOptions, enoughRepeats, sampleKernel } from "../../src/engine/kernel-bench.ts";
import {
  KernelCase,
  type PreparedKernel,
  recordKernel,
} from "../../src/engine/kernel-bench-case.ts";
import type { KernelOp, KernelShape } from "../../src/engine/protocol.ts";
import { deviceFeatures } from "../../src/engine/shared.ts";
import { GpuContext } from "../../src/gpu/context.ts";
import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { Readback } from "../../src/gpu/readback.ts";
import { type Timing, timing } from "../../src/lab/speed.ts";
import { median } from "../../src/lib/stats.ts";
import { type PeerKernel, peerKernel } from "../../src/peer/kernel.ts";
import { nodeRuntime } from "../../src/peer/node.ts";
import { parseSetting } from "../../src/quant/setting.ts";

/** One matrix on one adapter. "kernel" is the kernel alone, "call" goes from numbers to numbers. */
export interface ComparedKernel {
  readonly format: string;
  readonly shape: string;
  readonly variant: string;
  readonly gbPerSecond: number;
  readonly gflops: number;
  readonly kernel: Timing;
  readonly call: Timing;
  readonly peer?: {
    readonly op: string;
    readonly kernel: Timing;
    readonly call: Timing;
    /** Root mean square of the difference to our result, as a share of the result's. */
    readonly difference: number;
  };
}

interface Wanted {
  readonly format: string;
  readonly peer?: string;
}

const SIDE = 1024;
const BATCHES = [1, 64];
const WANTED: readonly Wanted[] = [
  { format: "int4-g32", peer: "MatMulNBits" },
  { format: "f32", peer: "MatMul" },
  { format: "int8-g32", peer: "MatMulNBits" },
  { format: "f16" },
  { format: "int2-g32" },
  { format: "int4-g32+2:4" },
  { format: "int4-g32+a8+dp4a" },
  { format: "int2-g32+a2+bitserial" },
];

/** Samples that choose the variant, and those that count. */
const TRIALS = 3;
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 11;
const ROW_MS = 8000;
/** Beyond this the two did not compute the same. */
const LARGEST_DIFFERENCE = 1e-4;

/** Our kernels beside the peer's: same adapter, same process, same codes, in turns. */
export async function compareKernels(
  choice: AdapterChoice,
  onRow: (row: ComparedKernel) => void,
): Promise<{ rows: ComparedKernel[]; peerFault?: string }> {
  // Ours first: the environment that this leaves is how the peer's Dawn finds the same driver.
  const { gpu, adapter } = await openNodeGpu(choice);
  const peer = await nodeRuntime().catch((error: Error) => error.message);
  const context = await GpuContext.open(adapter);
  const pipelines = new PipelineCache(context);
  const features = deviceFeatures(context, new Set(gpu.wgslLanguageFeatures));
  const rows: ComparedKernel[] = [];
  for (const wanted of WANTED) {
    for (const m of BATCHES) {
      const shape = { m, n: SIDE, k: SIDE };
      const op: KernelOp = m === 1 ? "matvec" : "matmul";
      const options = caseOptions(op, parseSetting(wanted.format), shape);
      const made = new KernelCase(context, pipelines, features, options);
      const opened = wanted.peer && typeof peer !== "string";
      const theirs = opened ? await peerKernel(peer, made.tensor, shape) : undefined;
      const row = await compareRow(context, made, wanted, theirs);
      await theirs?.destroy();
      made.destroy();
      onRow(row);
      rows.push(row);
    }
  }
  context.close();
  return typeof peer === "string" ? { rows, peerFault: peer } : { rows };
}

async function compareRow(
  context: GpuContext,
  made: KernelCase,
  { format, peer }: Wanted,
  theirs: PeerKernel | undefined,
): Promise<ComparedKernel> {
  const { m, n, k } = made.options.shape;
  const { kernel, repeats } = await fastest(context, made);
  const call = ourCall(context, made, kernel);
  const x = rowsOf(made.inputs.x, made.inputs.xStride, { m, n, k });
  const difference = theirs ? differenceOf(await theirs.call(x), await call(), made) : 0;
  if (difference > LARGEST_DIFFERENCE) {
    throw new Error(`${format} ${m}x${n}x${k}: the peer's result differs by ${difference}`);
  }
  const times = { kernel: [], call: [], peerKernel: [], peerCall: [] } as Record<string, number[]>;
  const begun = performance.now();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const spent = performance.now() - begun;
    if (round >= LEAST_ROUNDS && (spent * (round + 1)) / round > ROW_MS) break;
    times.kernel?.push(await sampleKernel(context, kernel, repeats));
    if (theirs) times.peerKernel?.push(await theirs.sample());
    times.call?.push(await elapsed(call));
    if (theirs) times.peerCall?.push(await elapsed(() => theirs.call(x)));
  }
  const own = timing(times.kernel ?? [], m);
  return {
    format,
    shape: `${m}x${n}x${k}`,
    variant: kernel.variant.id,
    gbPerSecond: made.bytes / own.medianMs / 1e6,
    gflops: made.flops / own.medianMs / 1e6,
    kernel: own,
    call: timing(times.call ?? [], m),
    ...(theirs && {
      peer: {
        op: peer ?? "",
        kernel: timing(times.peerKernel ?? [], m),
        call: timing(times.peerCall ?? [], m),
        difference,
      },
    }),
  };
}

/** The variant that the engine would choose: by medians the fastest of those that compute the right numbers. */
export async function fastest(context: GpuContext, made: KernelCase, trials = TRIALS) {
  const tried: { kernel: PreparedKernel; repeats: number; times: number[] }[] = [];
  for (const variant of made.variants()) {
    const kernel = await made.prepare(variant);
    const fault = await made.check(kernel);
    if (fault) throw new Error(`${kernel.label}: ${fault}`);
    tried.push({ kernel, repeats: await enoughRepeats(context, kernel), times: [] });
  }
  for (let round = 0; round < trials; round++) {
    for (const { kernel, repeats, times } of tried) {
      times.push(await sampleKernel(context, kernel, repeats));
    }
  }
  const [best] = tried.toSorted((a, b) => median(a.times) - median(b.times));
  if (!best) throw new Error("There is no variant to measure.");
  return best;
}

/** As the peer's run(): numbers in, one run, numbers out. */
function ourCall(context: GpuContext, made: KernelCase, kernel: PreparedKernel) {
  const bytes = made.options.shape.m * made.yStride * 4;
  const readback = new Readback(context, "call", bytes);
  return async (): Promise<Float32Array> => {
    made.writeInputs();
    const encoder = context.device.createCommandEncoder({ label: "call" });
    recordKernel(encoder, kernel, 1);
    readback.record(encoder, made.y.buffer, 0, bytes);
    context.submit(encoder.finish());
    return new Float32Array(await readback.take(bytes));
  };
}

/** [m][k] of rows that are padded. */
function rowsOf(x: Float32Array, stride: number, { m, k }: KernelShape): Float32Array {
  const rows = new Float32Array(m * k);
  for (let t = 0; t < m; t++) rows.set(x.subarray(t * stride, t * stride + k), t * k);
  return rows;
}

function differenceOf(theirs: Float32Array, ours: Float32Array, made: KernelCase): number {
  const { m, n } = made.options.shape;
  let squares = 0;
  let total = 0;
  for (let t = 0; t < m; t++) {
    for (let i = 0; i < n; i++) {
      const own = ours[t * made.yStride + i] ?? 0;
      squares += ((theirs[t * n + i] ?? Number.NaN) - own) ** 2;
      total += own ** 2;
    }
  }
  const difference = Math.sqrt(squares / total);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

async function elapsed(task: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await task();
  return performance.now() - begun;
}
