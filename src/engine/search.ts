import { assemble } from "../kernels/assemble.ts";
import type { LinearVariant } from "../kernels/linear-variants.ts";
import { type Plan, weightKey } from "../model/plan.ts";
import { type LinearStep, linearCandidates, linearNames, lowerLinearAs } from "./lower-linear.ts";
import { bindGroup, type Dispatch } from "./program.ts";
import type { Progress } from "./protocol.ts";
import type { Shared } from "./shared.ts";
import type { Stream } from "./stream.ts";
import { timeDispatches } from "./timing.ts";
import type { VariantChooser } from "./variants.ts";
import type { StoredWeights } from "./weight-store.ts";

/**
 * Measures variants of the matrix kernels once for each class ("matvec/int/dequant") and device, on the largest matrix of the setting,
 * and remembers the winner. Formats of one class differ in how they decode, hardly in how their loop should be cut.
 */
export async function chooseVariants(
  shared: Shared,
  chooser: VariantChooser,
  plans: readonly Plan[],
  held: ReadonlyMap<string, StoredWeights>,
  stream: Stream,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<void> {
  const searches = new Map<string, { step: LinearStep; plan: Plan }>();
  for (const plan of plans) {
    for (const step of plan.steps) {
      if (step.op !== "linear" || step.store === "logits") continue;
      const { opClass } = linearNames(step, plan.tokens);
      const known = searches.get(opClass);
      if (!known || size(step) > size(known.step)) searches.set(opClass, { step, plan });
    }
  }
  for (const [opClass, { step, plan }] of searches) {
    if (await chooser.recall(opClass)) continue;
    const candidates = linearCandidates(shared, step, plan.tokens);
    if (candidates.length < 2) continue;
    const ms: Record<string, number> = {};
    for (const variant of candidates) {
      signal.throwIfAborted();
      onProgress({ phase: "search", fraction: null, note: `${opClass}/${variant.id}` });
      ms[variant.id] = await time(shared, chooser, plan, step, variant, held, stream);
    }
    await chooser.learn(opClass, ms);
  }
}

function size(step: LinearStep): number {
  return step.weights.rows * step.weights.cols;
}

async function time(
  shared: Shared,
  chooser: VariantChooser,
  plan: Plan,
  step: LinearStep,
  variant: LinearVariant,
  held: ReadonlyMap<string, StoredWeights>,
  stream: Stream,
): Promise<number> {
  const { context } = shared;
  const stored = held.get(weightKey(step.weights));
  if (!stored) throw new Error(`${weightKey(step.weights)} is not packed`);
  const lowered = lowerLinearAs(
    { shared, chooser, plan, stream, weights: () => stored },
    step,
    variant,
  );
  const pipeline = await shared.pipelines.get(assemble(lowered.key));
  if ("destroy" in lowered.params) throw new Error("matrix kernels have parameters of their own");
  const params = context.upload("search params", "params", lowered.params, GPUBufferUsage.UNIFORM);
  try {
    const group = bindGroup(context, pipeline, {
      ...lowered.resources,
      params: { buffer: params.buffer },
    });
    const { key, shape, grid } = lowered;
    const dispatch: Dispatch = {
      label: key.label,
      shape,
      grid,
      code: pipeline.code,
      pipeline: pipeline.pipeline,
      group,
    };
    const first = await timeDispatches(context, [dispatch], plan.tokens, 2);
    return Math.min(first, await timeDispatches(context, [dispatch], plan.tokens, 2));
  } finally {
    params.destroy();
  }
}
