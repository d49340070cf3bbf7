import type { Engine } from "../engine/protocol.ts";
import { measureAdapterRoofs } from "../engine/roofline.ts";
import type { Roof, Roofs } from "../lib/roof.ts";
import type { NodeGpu } from "./adapters.ts";
import type { Context } from "./context.ts";
import { digits, percent } from "./format.ts";

/** The adapter's roofs. Where they cannot be had one line says why, and the rest is done without them. */
export async function roofsOf(context: Context, adapter: NodeGpu): Promise<Roofs | undefined> {
  return await attempt(context, () => measureAdapterRoofs(adapter, context.signal));
}

/** The same of the device that an engine has open. */
export async function engineRoofs(context: Context, engine: Engine): Promise<Roofs | null> {
  return (await attempt(context, () => engine.roofs())) ?? null;
}

async function attempt(
  { terminal, signal }: Context,
  measure: () => Promise<Roofs>,
): Promise<Roofs | undefined> {
  terminal.progress({ phase: "measure", fraction: null, note: "roofs" });
  try {
    return await measure();
  } catch (error) {
    signal.throwIfAborted();
    terminal.note(`No roofs: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** What was measured and how much of it, for people. */
export function roofFacts(roofs: Roofs): [string, string][] {
  const fact = (what: string, unit: string, roof: Roof | null): [string, string] => [
    what,
    roof
      ? `${digits(roof.best)} ${unit} (${roof.samples} samples, spread ${percent(roof.spread)})`
      : "not there: kernels multiply bytes one by one",
  ];
  return [
    fact("copy, read and written", "GB/s", roofs.copyGbPerSecond),
    fact("f32 multiply-add", "GFLOP/s", roofs.fmaGflops),
    fact("8-bit dot products", "Gop/s", roofs.dp4aGops),
    fact("AND and popcount", "Gop/s on single bits", roofs.popcountGops),
    fact("a dispatch", "µs", roofs.dispatchMicroseconds),
    fact("a submit and its result", "µs", roofs.submitMicroseconds),
  ];
}
