import { readFileSync, writeFileSync } from "node:fs";
import { withKernelDevice } from "../engine/kernel-bench.ts";
import { kernelSources } from "../engine/kernel-calls.ts";
import { judgeKernel } from "../engine/kernel-judge.ts";
import type { KernelQuery, KernelSource, KernelVerdict } from "../engine/protocol.ts";
import { UserError } from "../lib/assert.ts";
import { type AdapterChoice, openNodeGpu } from "./adapters.ts";
import type { Context } from "./context.ts";
import { adapterName, digits } from "./format.ts";
import { checkWritable } from "./report-file.ts";
import { roofsOf } from "./roofs.ts";

/** One kernel, where --variant may be left out. */
export interface OneKernel extends KernelQuery {
  readonly variant: string | undefined;
}

/** The assembled source of the variant, or of the first for a device that nobody has measured. */
export async function sourceOf(
  adapter: AdapterChoice,
  { variant, ...query }: OneKernel,
): Promise<KernelSource> {
  const sources = await withKernelDevice(await openNodeGpu(adapter), (device) =>
    kernelSources(device, query),
  );
  const wanted = sources.find((one) => variant === undefined || one.variant === variant);
  if (wanted) return wanted;
  const ids = sources.map((one) => one.variant).join(", ");
  throw new UserError(`There is no variant "${variant}" of this kernel here, only ${ids}.`);
}

export function writeSource(path: string, { code }: KernelSource): void {
  checkWritable(path);
  try {
    writeFileSync(path, code);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path}: the WGSL could not be written (${reason}).`);
  }
}

/** A shader with more is no changed copy of ours. */
const MOST_BYTES = 1_000_000;

export function readCopy(path: string): string {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES / 1e6} MB`);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path}: this is no WGSL file to check (${reason}).`);
  }
}

/** Compiles a changed copy, holds it against the CPU, and times it beside the original. */
export async function checkCopy(
  context: Context,
  adapter: AdapterChoice,
  kernel: OneKernel,
  code: string,
): Promise<KernelVerdict> {
  const { variant } = await sourceOf(adapter, kernel);
  const opened = await openNodeGpu(adapter);
  context.terminal.note(`Checking on ${adapterName(opened)}.`);
  const roofs = (await roofsOf(context, opened)) ?? null;
  const { progress } = context.terminal;
  return await withKernelDevice(await openNodeGpu(adapter), (device) =>
    judgeKernel(device, { ...kernel, variant, code, roofs }, progress, context.signal),
  );
}

/** What became of it, for people; a table of its rows comes behind. */
export function verdictText(path: string, { copy, messages, checks, rows }: KernelVerdict): string {
  const said = messages.map(({ type, line, column, text, place }) => {
    const where = line > 0 ? `${path}:${line}:${column}` : path;
    return `${where}: ${type}: ${text.trim()}${line > 0 ? ` (${place})` : ""}`;
  });
  const wrong = checks.flatMap(({ name, fault }) =>
    fault === null ? [] : [`Wrong at ${name}: ${fault}`],
  );
  const held = `${checks.length - wrong.length} of ${checks.length} checks hold against the CPU.`;
  const [original, changed] = rows;
  const ratio =
    original && changed && !changed.error
      ? [`The copy takes ${digits(changed.ms / original.ms)} of the original's time.`]
      : [];
  const lines = [
    `${copy.label}, a changed copy, SHA-256 ${copy.sha256}`,
    ...said,
    ...(checks.length > 0 ? [held, ...wrong] : ["It does not compile, so nothing was run."]),
    ...ratio,
  ];
  return `${lines.join("\n")}\n`;
}
