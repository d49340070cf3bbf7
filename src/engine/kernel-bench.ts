import { GpuContext } from "../gpu/context.ts";
import { PipelineCache } from "../gpu/pipelines.ts";
import type { Family } from "../kernels/linear.ts";
import type { Placement, Roofs } from "../lib/roof.ts";
import { median, percentile } from "../lib/stats.ts";
import { familyOf } from "../model/plan.ts";
import { exactFamilies, formatRow } from "../quant/registry.ts";
import { formatSetting, parseSetting, type Setting } from "../quant/setting.ts";
import {
  KernelCase,
  type KernelCaseOptions,
  type KernelShape,
  type PreparedKernel,
  recordKernel,
} from "./kernel-bench-case.ts";
import { type KernelWork, placeKernel } from "./roof-place.ts";
import { deviceFeatures } from "./shared.ts";

export type KernelOp = "matvec" | "matmul";

export interface KernelRow {
  readonly op: string;
  /** "int4-g32", "int4-g32+2:4", "int2-g32+a8+bitserial" */
  readonly format: string;
  /** Tokens x outputs x inputs: "1x1024x1024" */
  readonly shape: string;
  /** "uniform-l32-s1" */
  readonly variant: string;
  /** Median over the samples. NaN, as all figures, where `error` says what is wrong. */
  readonly ms: number;
  readonly gbPerSecond: number;
  /** A multiplication and an addition for each weight and token, pruned weights included. */
  readonly gflops: number;
  readonly samples: number;
  /** (p90 - p10) / median */
  readonly spread: number;
  /** Where it stands under the device's roofs, if those are known. */
  readonly roof?: Placement;
  /** Why there is no time: the kernel computes something wrong here, or does not run. */
  readonly error?: string;
}

export interface KernelBenchOptions {
  readonly ops: readonly KernelOp[];
  /** As settings write them, of which head and layers are no matter here. */
  readonly formats: readonly string[];
  readonly shapes: readonly KernelShape[];
  readonly adapter: {
    readonly adapter: GPUAdapter;
    readonly gpu: Pick<GPU, "wgslLanguageFeatures">;
  };
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

/**
 * Times every variant of every op, format and shape. Each is first held against the CPU; wrong ones
 * get a row without figures. The variants of a case take turns, so that a machine which slows down
 * slows them alike.
 */
export async function benchKernels(options: KernelBenchOptions): Promise<KernelRow[]> {
  const { ops, formats, shapes, adapter, roofs, families, onRow, signal } = options;
  const { caseMs = USUAL_CASE_MS } = options;
  const settings = formats.flatMap((format) => wantedSettings(parseSetting(format), families));
  const context = await GpuContext.open(adapter.adapter);
  try {
    const pipelines = new PipelineCache(context);
    const features = deviceFeatures(context, new Set(adapter.gpu.wgslLanguageFeatures));
    const rows: KernelRow[] = [];
    const cases = ops.flatMap((op) =>
      settings.flatMap((setting) =>
        shapesOf(op, shapes, ops).map((shape) => ({ op, setting, shape })),
      ),
    );
    for (const { op, setting, shape } of cases) {
      signal?.throwIfAborted();
      const made = new KernelCase(context, pipelines, features, caseOptions(op, setting, shape));
      try {
        const measured = await benchCase(context, made, { op, setting, roofs, caseMs, signal });
        for (const row of measured) onRow?.(row);
        rows.push(...measured);
      } finally {
        made.destroy();
      }
    }
    return rows;
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

interface CaseOptions {
  readonly op: KernelOp;
  readonly setting: Setting;
  readonly roofs: Roofs | undefined;
  readonly caseMs: number;
  readonly signal: AbortSignal | undefined;
}

async function benchCase(
  context: GpuContext,
  made: KernelCase,
  { op, setting, roofs, caseMs, signal }: CaseOptions,
): Promise<KernelRow[]> {
  const { m, n, k } = made.options.shape;
  const name = { op, format: formatSetting(setting), shape: `${m}x${n}x${k}` };
  const rows = new Map<string, KernelRow>();
  const sound: { kernel: PreparedKernel; repeats: number; times: number[] }[] = [];
  for (const variant of made.variants()) {
    signal?.throwIfAborted();
    const error = await faultOf(async () => {
      const kernel = await made.prepare(variant);
      const fault = await made.check(kernel);
      if (fault) throw new Error(`${kernel.label}: ${fault}`);
      sound.push({ kernel, repeats: await enoughRepeats(context, kernel), times: [] });
    });
    rows.set(variant.id, { ...name, variant: variant.id, ...NO_FIGURES, ...(error && { error }) });
  }
  const begun = performance.now();
  for (let round = 0; round < MOST_SAMPLES; round++) {
    const spent = performance.now() - begun;
    if (round >= FEWEST_SAMPLES && (spent * (round + 1)) / round > caseMs) break;
    for (const { kernel, repeats, times } of sound) {
      signal?.throwIfAborted();
      times.push(await sampleKernel(context, kernel, repeats));
    }
  }
  for (const { kernel, times } of sound) {
    const measured = figures(made, times);
    const roof = roofs && placeKernel(roofs, workOf(made), measured.ms);
    const { id } = kernel.variant;
    rows.set(id, { ...name, variant: id, ...measured, ...(roof && { roof }) });
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
