import type { WeightRef } from "../model/plan.ts";
import type { Progress, SelfCheck } from "./protocol.ts";
import type { StoredWeights, WeightStore } from "./weight-store.ts";

export interface Held {
  /** How many nobody held before. */
  readonly packedTensors: number;
  /** Of the kernels that packed them. */
  readonly checks: readonly SelfCheck[];
}

/** Takes hold of everything a setting needs, into `held`: what is in there when this throws is to be released. */
export async function holdAll(
  store: WeightStore,
  refs: ReadonlyMap<string, WeightRef>,
  held: Map<string, StoredWeights>,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Held> {
  let done = 0;
  let packedTensors = 0;
  let rested = performance.now();
  const packing = store.begin(refs.values());
  try {
    for (const [key, ref] of refs) {
      if (!store.has(ref)) packedTensors++;
      held.set(key, await store.hold(ref, packing));
      done++;
      // Packing is plain computing: let messages in (a cancel among them) about thirty times a second.
      if (performance.now() - rested > 30) {
        onProgress({ phase: "pack", fraction: done / refs.size, note: key });
        await new Promise((resolve) => setTimeout(resolve, 0));
        rested = performance.now();
        signal.throwIfAborted();
      }
    }
    await store.finish(packing);
  } finally {
    packing.batch?.destroy();
  }
  return { packedTensors, checks: [...packing.checks.values()] };
}
