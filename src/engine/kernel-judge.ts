import { locate, type ShaderSource } from "../gpu/pipelines.ts";
import { guarded, guardFault, valueFault } from "../kernels/judge.ts";
import { linearGrid, linearShader } from "../kernels/linear.ts";
import { hostileRun, type PlainStore } from "../kernels/linear-hostile.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { parseSetting } from "../quant/setting.ts";
import { uniformWindow } from "./activations.ts";
import { copySource } from "./copies.ts";
import { benchCase, caseOptions, type KernelDevice } from "./kernel-bench.ts";
import type { KernelCaseOptions } from "./kernel-bench-case.ts";
import { variantOf } from "./kernel-calls.ts";
import { linearOp } from "./lower-linear.ts";
import type {
  JudgeRequest,
  KernelCheck,
  KernelMessage,
  KernelVerdict,
  Progress,
} from "./protocol.ts";
import { runOnce } from "./run-once.ts";

interface Sized {
  readonly rows: number;
  readonly cols: number;
  readonly tokens: number;
  readonly store: PlainStore;
}

/** Sizes that no tile, group or workgroup divides, and the smallest; every store once. */
const SHAPES: Readonly<Record<1 | 16, readonly Sized[]>> = {
  1: [
    { rows: 257, cols: 172, tokens: 1, store: "set" },
    { rows: 1, cols: 32, tokens: 1, store: "set" },
    { rows: 14, cols: 1376, tokens: 1, store: "set" },
    { rows: 64, cols: 288, tokens: 1, store: "add" },
    { rows: 133, cols: 416, tokens: 1, store: "logits" },
  ],
  16: [
    { rows: 21, cols: 172, tokens: 17, store: "set" },
    { rows: 1, cols: 32, tokens: 64, store: "set" },
    { rows: 30, cols: 768, tokens: 3, store: "set" },
    { rows: 133, cols: 288, tokens: 5, store: "add" },
    { rows: 37, cols: 416, tokens: 9, store: "logits" },
  ],
};

/** The part of the work that comes before timing; for progress alone. */
const CHECKED_SHARE = 0.3;

/**
 * Compiles a changed copy of a kernel, holds it against the CPU on the shapes above and times it beside the original. What does not
 * compile is not run, what computes wrongly is not timed.
 */
export async function judgeKernel(
  device: KernelDevice,
  request: JudgeRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<KernelVerdict> {
  const { op, shape, code, roofs, caseMs } = request;
  const setting = parseSetting(request.format, { native: false });
  const options = caseOptions(op, setting, shape);
  const variant = variantOf(device, options, request.variant);
  const { format, family, activations } = options;
  const key = linearShader(format, family, "set", variant, device.features, activations);
  const copy = {
    label: key.label,
    op: linearOp(op, format, family, activations),
    variant: variant.id,
    code,
    sha256: await sha256Hex(code),
  };
  onProgress({ phase: "compile", fraction: null, note: key.label });
  const messages = await compile(device, copySource(key, copy));
  const verdict = { ok: false, messages, checks: [], rows: [], copy };
  if (messages.some(({ type }) => type === "error")) return verdict;

  const checks: KernelCheck[] = [];
  const shapes = SHAPES[options.tokens].filter(
    ({ tokens, cols }) => variant.x === "storage" || tokens * (cols + 32) * 4 <= uniformWindow,
  );
  for (const [at, sized] of shapes.entries()) {
    signal.throwIfAborted();
    const name = `${sized.tokens}x${sized.rows}x${sized.cols}, ${sized.store}`;
    const fraction = (CHECKED_SHARE * at) / shapes.length;
    onProgress({ phase: "self-check", fraction, note: name });
    checks.push({ name, fault: await checkOn(device, options, variant, copy, sized) });
  }
  if (checks.some(({ fault }) => fault !== null)) return { ...verdict, checks };

  const rows = await benchCase(device, {
    op,
    setting,
    shape,
    roofs: roofs ?? undefined,
    signal,
    ...(caseMs !== undefined && { caseMs }),
    candidates: (made) => [
      { id: variant.id, variant, source: made.source(variant) },
      { id: `${variant.id}/copy`, variant, source: made.source(variant, copy) },
    ],
    onProgress: (share, note) =>
      onProgress({
        phase: "measure",
        fraction: CHECKED_SHARE + (1 - CHECKED_SHARE) * share,
        note,
      }),
  });
  return { ...verdict, ok: rows.every(({ error }) => error === undefined), checks, rows };
}

/** What the compiler and the making of a pipeline say; nothing here reaches the device's own handler of errors. */
async function compile(
  { context, pipelines }: KernelDevice,
  source: ShaderSource,
): Promise<KernelMessage[]> {
  const { device } = context;
  const { label, code } = source;
  device.pushErrorScope("validation");
  const shader = device.createShaderModule({ label, code });
  const scope = device.popErrorScope();
  const { messages } = await shader.getCompilationInfo();
  const said = messages.map(({ type, lineNum, linePos, length, message }) => ({
    type,
    line: lineNum,
    column: linePos,
    length,
    text: message,
    place: locate(code, lineNum),
  }));
  const error = await scope;
  if (said.some(({ type }) => type === "error")) return said;
  if (error) return [...said, whole(error.message)];
  device.pushErrorScope("validation");
  try {
    await pipelines.get(source);
  } catch (fault) {
    return [...said, whole(fault instanceof Error ? fault.message : String(fault))];
  } finally {
    await device.popErrorScope();
  }
  return said;
}

/** What the compiler says of no line: bindings and overrides that the program does not give, mostly. */
function whole(text: string): KernelMessage {
  const [first = text] = text.split("\n");
  return { type: "error", line: 0, column: 0, length: 0, text: first, place: "whole" };
}

async function checkOn(
  device: KernelDevice,
  options: KernelCaseOptions,
  variant: ReturnType<typeof variantOf>,
  copy: KernelVerdict["copy"],
  { rows, cols, tokens, store }: Sized,
): Promise<string | null> {
  const { context, pipelines, features } = device;
  const { format, family, activations } = options;
  const run = hostileRun({
    format,
    family,
    activationBits: activations,
    rows,
    cols,
    tokens,
    store,
  });
  const y = run.buffers.y ?? new Float32Array();
  context.device.pushErrorScope("validation");
  let fault: string | null = null;
  try {
    const key = linearShader(format, family, store, variant, features, activations);
    const pipeline = await pipelines.get(copySource(key, copy));
    const grid = linearGrid(variant, rows, tokens);
    const data = { ...run.buffers, y: guarded(y) };
    const read = new Uint32Array(await runOnce(context, pipeline, grid, data));
    const got = new Float32Array(read.slice(0, y.length).buffer);
    fault =
      guardFault("y", read.subarray(0, data.y.length), y.length) ??
      valueFault("y", got, run.values, run.bound) ??
      null;
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  const error = await context.device.popErrorScope();
  return error ? error.message : fault;
}
