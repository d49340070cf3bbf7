import type { GpuBuffer } from "../gpu/context.ts";
import type { Pipeline } from "../gpu/pipelines.ts";
import type { ShaderKey } from "../kernels/spec.ts";
import type { Plan, Step } from "../model/plan.ts";
import { weightKey } from "../model/plan.ts";
import { lowerLinear } from "./lower-linear.ts";
import { lowerOther } from "./lower-other.ts";
import { bindGroup, type Dispatch, Program, type Resources } from "./program.ts";
import type { Shared } from "./shared.ts";
import type { Stream } from "./stream.ts";
import { type Choosing, remembering, type VariantChooser } from "./variants.ts";
import type { StoredWeights } from "./weight-store.ts";

/** A step as the device will see it, before its pipeline exists. */
export interface Lowered {
  readonly key: ShaderKey;
  readonly shape: string;
  /** The uniform at binding 0, or a buffer that someone else keeps filled. */
  readonly params: ArrayBufferView | GpuBuffer;
  readonly resources: Resources;
  grid: Dispatch["grid"];
  /** What completes it, with the same params. */
  readonly rest?: Pick<Lowered, "key" | "resources" | "grid">;
}

/** What a step may read and write. */
export interface StepContext {
  readonly shared: Shared;
  readonly chooser: Choosing;
  readonly plan: Plan;
  readonly stream: Stream;
  weights(step: Extract<Step, { op: "linear" | "embed" }>): StoredWeights;
}

// Offsets of uniform bindings are multiples of this on every device.
const paramsStride = 256;

/** Makes a plan ready to run on one stream: pipelines, parameters and bind groups, so that running creates nothing. */
export async function lowerPlan(
  shared: Shared,
  chooser: VariantChooser,
  plan: Plan,
  held: ReadonlyMap<string, StoredWeights>,
  stream: Stream,
): Promise<Program> {
  const { context } = shared;
  const steps: StepContext = {
    shared,
    // A choice that changes later is the next program's.
    chooser: remembering(chooser),
    plan,
    stream,
    weights(step) {
      const stored = held.get(weightKey(step.weights));
      if (!stored) throw new Error(`${weightKey(step.weights)} is not packed`);
      return stored;
    },
  };
  const get = (key: ShaderKey) => shared.pipelines.get(shared.copies.source(key));
  const pipelines = await Promise.all(
    plan.steps.map(async (step) => {
      const { key, rest } = lowerStep(steps, step);
      return await Promise.all([get(key), rest && get(rest.key)]);
    }),
  );
  const params = context.createBuffer({
    label: `${stream.name} ${plan.mode} params`,
    category: "params",
    size: plan.steps.length * paramsStride,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  // What is lowered anew binds other buffers; its shader, and so its pipeline, stay.
  return new Program(plan, params, (step, index): Dispatch => {
    const [pipeline, second] = pipelines[index] ?? [];
    if (!pipeline) throw new Error("a pipeline is missing");
    const { shape, params: values, rest, ...first } = lowerStep(steps, step);
    const bound = bindParams(values, index);
    const dispatch = (
      of: Pipeline,
      { resources, grid }: NonNullable<Lowered["rest"]>,
    ): Dispatch => ({
      label: of.label,
      shape,
      code: of.code,
      pipeline: of.pipeline,
      group: bindGroup(context, of, { ...resources, params: bound }),
      grid,
    });
    return { ...dispatch(pipeline, first), rest: rest && second && dispatch(second, rest) };
  });

  function bindParams(values: ArrayBufferView | GpuBuffer, index: number): GPUBufferBinding {
    if ("destroy" in values) return { buffer: values.buffer };
    const offset = index * paramsStride;
    const size = Math.ceil(values.byteLength / 16) * 16;
    const bytes = new Uint8Array(size);
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    context.device.queue.writeBuffer(params.buffer, offset, bytes);
    return { buffer: params.buffer, offset, size };
  }
}

function lowerStep(steps: StepContext, step: Step): Lowered {
  return step.op === "linear" ? lowerLinear(steps, step) : lowerOther(steps, step);
}
