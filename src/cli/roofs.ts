import type { Roofs } from "../engine/roof-place.ts";
import { measureAdapterRoofs } from "../engine/roofline.ts";
import type { NodeGpu } from "./adapters.ts";
import type { Context } from "./context.ts";

/** The adapter's roofs. Where they cannot be had one line says why, and the rest is done without them. */
export async function roofsOf(
  { terminal, signal }: Context,
  adapter: NodeGpu,
): Promise<Roofs | undefined> {
  terminal.progress({ phase: "measure", fraction: null, note: "roofs" });
  try {
    return await measureAdapterRoofs(adapter, signal);
  } catch (error) {
    signal.throwIfAborted();
    terminal.note(`No roofs: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
