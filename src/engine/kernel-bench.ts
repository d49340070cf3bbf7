import { GpuContext } from "../gpu/context.ts";
import { PipelineCache, type ShaderSource } from "../gpu/pipelines.ts";
import type { Family, LinearVariant } from "../kernels/linear-variants.ts";
import type { DeviceFeatures } from "../kernels/spec.ts";
import type { Roofs } from "../lib/roof.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { median, percentile } from "../lib/stats.ts";
import { familyOf } from "../model/plan.ts";
import { exactFamilies, formatRow } from "../quant/registry.ts";
import { formatSetting, parseSetting, type Setting } from "../quant/setting.ts";
import {
  KernelCase,
  type KernelCaseOptions,
  type PreparedKernel,
  recordKernel,
} from "./kernel-bench-case.ts";
import type { KernelOp, KernelRow, KernelShape } from "./protocol.ts";
import { type KernelWork, linearWork, placeKernel } from "./roof-place.ts";
import { deviceFeatures } from "./shared.ts";

export interface KernelAdapter {
  readonly adapter: GPUAdapter;
  readonly gpu: Pick<GPU, "wgslLanguageFeatures">;
}

/** A device that kernels are made and measured on. */
export interface KernelDevice {
  readonly context: GpuContext;
  readonly pipelines: PipelineCache;
  readonly features: DeviceFeatures;
}

export interface KernelBenchOptions {
  readonly ops: readonly KernelOp[];
  /** As settings write them, of which head and layers are no matter here. */
  readonly formats: readonly string[];
  readonly shapes: readonly KernelShape[];
  readonly adapter: KernelAdapter;
  /** What the adapter does at best: rows then say how near they come. */
  readonly roofs?: Roofs;
  /** Kernel families instead of the one that each format's setting leads to. */
  readonly families?: readonly Family[];
  /** How long the samples of one case may take together; a few are taken in any case. */
  readonly caseMs?: number;
  readonly onRow?: (row: KernelRow) => void;
  readonly signal?: AbortSignal;
}

/** How long the shorter of a sample's two submits lasts at least. */
const SAMPLE_MS = 20;
const USUAL_CASE_MS = 4000;
const FEWEST_SAMPLES = 3;
const MOST_SAMPLES = 15;
const MOST_REPEATS = 1024;
/** Of the time that a case takes, what goes into compiling and checking; for progress alone. */
const CHECKED_SHARE = 0.4;

/**
 * Times every variant of every op, format and shape. Each is first held against the CPU; wrong ones
 * get a row without figures. The variants of a case take turns, so that a machine which slows down
 * slows them alike.
 */
export async function benchKernels(options: KernelBenchOptions): Promise<KernelRow[]> {
  const { ops, formats, shapes, adapter, roofs, families, caseMs, onRow, signal } = options;
  const settings = formats.flatMap((format) =>
    wantedSettings(parseSetting(format, { native: false }), families),
  );
  return await withKernelDevice(adapter, async (device) => {
    const rows: KernelRow[] = [];
    const cases = ops.flatMap((op) =>
      settings.flatMap((setting) =>
        shapesOf(op, shapes, ops).map((shape) => ({ op, setting, shape })),
      ),
    );
    for (const wanted of cases) {
      signal?.throwIfAborted();
      const limits = { roofs, signal, ...(caseMs !== undefined && { caseMs }) };
      const measured = await benchCase(device, { ...wanted, ...limits });
      for (const row of measured) onRow?.(row);
      rows.push(...measured);
    }
    return rows;
  });
}

/** Runs `work` on a device of its own: an adapter makes one only. */
export async function withKernelDevice<T>(
  { adapter, gpu }: KernelAdapter,
  work: (device: KernelDevice) => Promise<T>,
): Promise<T> {
  const context = await GpuContext.open(adapter);
  try {
    const features = deviceFeatures(context, new Set(gpu.wgslLanguageFeatures));
    return await work({ context, pipelines: new PipelineCache(context), features });
  } finally {
    context.close();
  }
}

/** The setting itself, or once for each family that its format has kernels of. */
function wantedSettings(setting: Setting, families: readonly Family[] | undefined): Setting[] {
  if (!families) return [setting];
  const exact = exactFamilies(setting.base);
  return families.flatMap((family): Setting[] => {
    if (family === "dequant") return [{ ...setting, activations: 32, family: "auto" }];
    if (!exact.includes(family)) return [];
    return [
      { ...setting, activations: setting.activations === 32 ? 8 : setting.activations, family },
    ];
  });
}

/** One token is matvec's; matmul takes it too where it is measured alone. */
function shapesOf(
  op: KernelOp,
  shapes: readonly KernelShape[],
  ops: readonly KernelOp[],
): readonly KernelShape[] {
  if (op === "matvec") return shapes.filter(({ m }) => m === 1);
  return ops.includes("matvec") ? shapes.filter(({ m }) => m > 1) : shapes;
}

export function caseOptions(op: KernelOp, setting: Setting, shape: KernelShape): KernelCaseOptions {
  const { base: format, activations } = setting;
  const tokens = op === "matvec" ? 1 : 16;
  return { format, family: familyOf(setting, format), activations, tokens, shape };
}

/** A variant, or a changed copy of it. */
export interface Candidate {
  readonly id: string;
  readonly variant: LinearVariant;
  readonly source: ShaderSource;
}

export interface BenchCase {
  readonly op: KernelOp;
  readonly setting: Setting;
  readonly shape: KernelShape;
  readonly roofs: Roofs | undefined;
  readonly caseMs?: number;
  readonly signal: AbortSignal | undefined;
  /** Every variant that fits when absent. */
  readonly candidates?: (made: KernelCase) => readonly Candidate[];
  readonly onProgress?: (fraction: number, note: string) => void;
}

/** Checks and times the candidates of one op, format and shape. */
export async function benchCase(device: KernelDevice, wanted: BenchCase): Promise<KernelRow[]> {
  const { context, pipelines, features } = device;
  const { op, setting, shape, candidates = everyVariant } = wanted;
  const made = new KernelCase(context, pipelines, features, caseOptions(op, setting, shape));
  try {
    return await timeCandidates(context, made, candidates(made), wanted);
  } finally {
    made.destroy();
  }
}

function everyVariant(made: KernelCase): readonly Candidate[] {
  return made
    .variants()
    .map((variant) => ({ id: variant.id, variant, source: made.source(variant) }));
}

async function timeCandidates(
  context: GpuContext,
  made: KernelCase,
  candidates: readonly Candidate[],
  { op, setting, shape, roofs, caseMs = USUAL_CASE_MS, signal, onProgress }: BenchCase,
): Promise<KernelRow[]> {
  const { m, n, k } = shape;
  const name = { op, format: formatSetting(setting), shape: `${m}x${n}x${k}` };
  const work = workOf(made);
  const { bytes } = work;
  const { roofOperations } = linearWork(work);
  const rows = new Map<string, KernelRow>();
  const sound: { id: string; kernel: PreparedKernel; repeats: number; times: number[] }[] = [];
  for (const [at, { id, variant, source }] of candidates.entries()) {
    signal?.throwIfAborted();
    onProgress?.((CHECKED_SHARE * at) / candidates.length, id);
    const error = await faultOf(async () => {
      const kernel = await made.prepare(variant, source);
      const fault = await made.check(kernel);
      if (fault) throw new Error(`${kernel.label}: ${fault}`);
      sound.push({ id, kernel, repeats: await enoughRepeats(context, kernel), times: [] });
    });
    const wgslSha256 = await sha256Hex(source.code);
    const rest = { bytes, roofOperations, wgslSha256, ...(error && { error }) };
    rows.set(id, { ...name, variant: id, ...NO_FIGURES, ...rest });
  }
  const begun = performance.now();
  for (let round = 0; round < MOST_SAMPLES; round++) {
    const spent = performance.now() - begun;
    if (round >= FEWEST_SAMPLES && (spent * (round + 1)) / round > caseMs) break;
    const share = Math.max(spent / caseMs, round / MOST_SAMPLES);
    onProgress?.(CHECKED_SHARE + (1 - CHECKED_SHARE) * Math.min(1, share), "timing");
    for (const { kernel, repeats, times } of sound) {
      signal?.throwIfAborted();
      times.push(await sampleKernel(context, kernel, repeats));
    }
  }
  for (const { id, times } of sound) {
    const measured = figures(made, times);
    const roof = roofs && placeKernel(roofs, work, measured.ms);
    const row = rows.get(id);
    if (row) rows.set(id, { ...row, ...measured, ...(roof && { roof }) });
  }
  return [...rows.values()];
}

async function faultOf(task: () => Promise<void>): Promise<string | undefined> {
  try {
    await task();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const NO_FIGURES = {
  ms: Number.NaN,
  gbPerSecond: Number.NaN,
  gflops: Number.NaN,
  samples: 0,
  spread: Number.NaN,
};

function figures({ bytes, flops }: KernelCase, times: readonly number[]): typeof NO_FIGURES {
  const ms = median(times);
  return {
    ms,
    gbPerSecond: bytes / ms / 1e6,
    gflops: flops / ms / 1e6,
    samples: times.length,
    spread: (percentile(times, 90) - percentile(times, 10)) / ms,
  };
}

function workOf({ options, bytes, flops }: KernelCase): KernelWork {
  const { format, family, activations } = options;
  const { bits } = formatRow(format.id);
  return { family, bytes, flops, sparse: format.sparse, bits, activationBits: activations };
}

/** Repeats that last SAMPLE_MS in one submit; trying them out is the warm-up as well. */
export async function enoughRepeats(context: GpuContext, kernel: PreparedKernel): Promise<number> {
  let repeats = 1;
  while (repeats < MOST_REPEATS && (await runMs(context, kernel, repeats)) < SAMPLE_MS)
    repeats *= 2;
  return repeats;
}

/**
 * Milliseconds of one run, from the slope between a submit of `repeats` and one of twice as many:
 * what a submit and the wait for it cost falls out.
 */
export async function sampleKernel(
  context: GpuContext,
  kernel: PreparedKernel,
  repeats: number,
): Promise<number> {
  const short = await runMs(context, kernel, repeats);
  const long = await runMs(context, kernel, 2 * repeats);
  // When something else held up the short submit, the long one alone is an upper bound.
  return long > short ? (long - short) / repeats : long / (2 * repeats);
}

async function runMs(
  context: GpuContext,
  kernel: PreparedKernel,
  repeats: number,
): Promise<number> {
  const { device } = context;
  const encoder = device.createCommandEncoder({ label: kernel.label });
  recordKernel(encoder, kernel, repeats);
  const commands = encoder.finish();
  const begun = performance.now();
  context.submit(commands);
  await device.queue.onSubmittedWorkDone();
  return performance.now() - begun;
}
