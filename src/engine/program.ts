import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { Pipeline } from "../gpu/pipelines.ts";
import type { Plan, Step } from "../model/plan.ts";

/** A step made ready: nothing is created any more when it runs. */
export interface Dispatch {
  /** "matvec/int4-g32/uniform-l32-s1" */
  readonly label: string;
  /** "512x256", for the profiler's rows. */
  readonly shape: string;
  readonly code: string;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  /** Workgroups for a batch of so many tokens behind so many positions; none where there is nothing to do. */
  grid(tokens: number, position: number): readonly [number, number, number];
  /** What completes the step, right behind it. */
  readonly rest?: Dispatch | undefined;
}

/** Records a step; returns how many dispatches it took. */
export function recordDispatch(
  pass: GPUComputePassEncoder,
  { pipeline, group, grid, rest }: Pick<Dispatch, "pipeline" | "group" | "grid" | "rest">,
  tokens: number,
  position: number,
): number {
  const [x, y, z] = grid(tokens, position);
  if (x * y * z === 0) return 0;
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(x, y, z);
  return 1 + (rest ? recordDispatch(pass, rest, tokens, position) : 0);
}

/** Makes the dispatch of the plan's step at `index`. */
export type Binder = (step: Step, index: number) => Dispatch;

/** A plan bound to its weights and one stream's buffers. */
export class Program {
  /** What it was made from: its steps are the dispatches, one for one. */
  readonly plan: Plan;
  readonly #params: GpuBuffer;
  readonly #bind: Binder;
  #dispatches: readonly Dispatch[];

  constructor(plan: Plan, params: GpuBuffer, bind: Binder) {
    this.plan = plan;
    this.#params = params;
    this.#bind = bind;
    this.#dispatches = plan.steps.map((step, index) => bind(step, index));
  }

  get dispatches(): readonly Dispatch[] {
    return this.#dispatches;
  }

  /** Binds the stream's caches as they are now: they were replaced by larger ones. */
  rebind(): void {
    this.#dispatches = this.plan.steps.map((step, index) => {
      const old = this.#dispatches[index];
      const cached = step.op === "rope" || step.op === "append" || step.op === "attention";
      return old && !cached ? old : this.#bind(step, index);
    });
  }

  /** Returns how many dispatches it took. */
  record(pass: GPUComputePassEncoder, tokens: number, position: number): number {
    return this.#dispatches.reduce(
      (count, dispatch) => count + recordDispatch(pass, dispatch, tokens, position),
      0,
    );
  }

  destroy(): void {
    this.#params.destroy();
  }
}

/** What a binding's name stands for in one step. */
export type Resources = Readonly<Record<string, GPUBufferBinding | undefined>>;

export function bindGroup(
  context: GpuContext,
  pipeline: Pipeline,
  resources: Resources,
): GPUBindGroup {
  return context.createBindGroup({
    label: pipeline.label,
    layout: pipeline.layout,
    entries: pipeline.bindings.map(({ name, binding }) => {
      const resource = resources[name];
      if (!resource)
        throw new Error(`${pipeline.label} binds "${name}", which its step does not have`);
      return { binding, resource };
    }),
  });
}
