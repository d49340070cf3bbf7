import type { KernelOp, KernelRow, KernelShape } from "../engine/protocol.ts";
import { kernelsToCsv, kernelsToJson } from "../lab/kernels-file.ts";
import { parseShape } from "../lib/kernel-shape.ts";
import { formatSetting, parseSetting, SettingError } from "../quant/setting.ts";
import { type Kit, sentenceOf } from "./kit.ts";
import { findRoofs } from "./roofs.ts";
import type { Download } from "./types.ts";

/** Tokens of an op when the shape does not say: one, or a piece of a prompt. */
const USUAL_TOKENS: Readonly<Record<KernelOp, number>> = { matvec: 1, matmul: 64 };
/** Weights times tokens of a case: beyond it a check on the CPU and the memory of the page take too long. */
const MOST_WORK = 2 ** 31;
/** How long the samples of a case take together; a processor that poses as a GPU tells little by more of them. */
const CASE_MS = { gpu: 2500, software: 800 } as const;

export function kernelKey(op: KernelOp, format: string, { m, n, k }: KernelShape): string {
  return `${op} ${format} ${m}x${n}x${k}`;
}

/** The shape in numbers, or the sentence that says what is wrong with it. */
export function shapeOf(op: KernelOp, text: string): KernelShape | string {
  const written = parseShape(text);
  if (!written) return `"${text}" is no shape: write outputs x inputs, as in 768x256.`;
  const { m = USUAL_TOKENS[op], n, k } = written;
  if (op === "matvec" && m !== 1) return "matvec takes one token: leave the first number out.";
  if (m * n * k > MOST_WORK) return "This shape is too large to be checked here.";
  return { m, n, k };
}

/** A format as settings write it, or the sentence that says what is wrong with it. */
export function canonicalFormat(text: string): { format: string } | { fault: string } {
  try {
    return { format: formatSetting(parseSetting(text.trim(), { native: false })) };
  } catch (error) {
    if (error instanceof SettingError) return { fault: error.message };
    throw error;
  }
}

/** The text of the shown kernel, for the op and shape that are chosen now. */
export async function showSources({ around, get, set }: Kit): Promise<void> {
  const { kernelOp: op, kernelShape, kernelFormat: format } = get();
  const shape = shapeOf(op, kernelShape);
  if (typeof shape === "string") return;
  try {
    const kernelSources = await around.engine.kernelSources({ op, format, shape });
    const now = get();
    // Another was chosen meanwhile.
    if (now.kernelOp !== op || now.kernelFormat !== format) return;
    const known = kernelSources.some(({ variant }) => variant === now.kernelVariant);
    const kernelVariant = known ? now.kernelVariant : (kernelSources[0]?.variant ?? null);
    const { copyDraft } = now;
    const kept = kernelSources.some(({ label }) => label === copyDraft?.source.label);
    set({
      kernelSources,
      kernelVariant,
      kernelFault: null,
      ...(kept && known ? {} : { copyDraft: null }),
    });
  } catch (error) {
    set({ kernelSources: [], kernelVariant: null, kernelFault: sentenceOf(error) });
  }
}

/** How long the samples of one case may take on this device. */
export function caseMs({ get }: Kit): number {
  return CASE_MS[get().adapter?.software ? "software" : "gpu"];
}

export async function runKernels(kit: Kit, formats: readonly string[]): Promise<void> {
  const { around, jobs, get, set } = kit;
  const { kernelOp: op, kernelShape } = get();
  const shape = shapeOf(op, kernelShape);
  if (typeof shape === "string") {
    set({ kernelFault: shape });
    return;
  }
  await jobs.run(async (signal) => {
    const show = (format: string, at: number, share: number, note: string): void => {
      if (signal.aborted) return;
      const fraction = (at + share) / formats.length;
      set({ kernelRun: { what: "measure", format, fraction, note } });
    };
    set({ activity: "kernels", kernelFault: null });
    try {
      show(formats[0] ?? "", 0, 0, "what this device does at best");
      await findRoofs(kit);
      for (const [at, format] of formats.entries()) {
        if (signal.aborted) return;
        show(format, at, 0, format);
        const request = { op, format, shape, roofs: get().roofs, caseMs: caseMs(kit) };
        const rows = await around.engine.benchKernel(request, ({ fraction, note }) =>
          show(format, at, fraction ?? 0, `${format}, ${note}`),
        );
        set({ kernelRows: { ...get().kernelRows, [kernelKey(op, format, shape)]: rows } });
      }
    } catch (error) {
      if (!signal.aborted) set({ kernelFault: sentenceOf(error) });
    } finally {
      set({ kernelRun: null, activity: "idle" });
    }
  });
}

/** The variant that took the least time; undefined where none computes what it should. */
export function fastest(rows: readonly KernelRow[] | undefined): KernelRow | undefined {
  const sound = (rows ?? []).filter(({ error }) => error === undefined);
  return sound.toSorted((a, b) => a.ms - b.ms)[0];
}

/** Everything that was measured on this visit. */
export function exportKernels({ around, get }: Kit, kind: "json" | "csv"): Download {
  const { adapter, kernelRows, roofs } = get();
  const rows = Object.values(kernelRows).flat();
  if (!adapter || rows.length === 0) throw new Error("Nothing was measured yet.");
  const time = new Date().toISOString();
  const { version: appVersion, agent } = around;
  const measured = { appVersion, agent, time, adapter, roofs, rows };
  const stem = `bitdial-kernels-${time.slice(0, 19).replace(/[:T]/g, "-")}`;
  return kind === "json"
    ? { name: `${stem}.json`, type: "application/json", text: kernelsToJson(measured) }
    : { name: `${stem}.csv`, type: "text/csv", text: kernelsToCsv(measured) };
}
