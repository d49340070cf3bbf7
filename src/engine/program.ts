import type { GpuBuffer, GpuContext } from "../gpu/context.ts";
import type { Pipeline } from "../gpu/pipelines.ts";
import type { Plan } from "../model/plan.ts";

/** A step made ready: nothing is created any more when it runs. */
export interface Dispatch {
  /** "matvec/int4-g32/uniform-l32-s1" */
  readonly label: string;
  /** "512x256", for the profiler's rows. */
  readonly shape: string;
  readonly code: string;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  /** Workgroups for a batch of so many tokens. */
  grid(tokens: number): readonly [number, number, number];
}

/** A plan bound to its weights and one stream's buffers. */
export class Program {
  /** What it was made from: its steps are the dispatches, one for one. */
  readonly plan: Plan;
  readonly dispatches: readonly Dispatch[];
  readonly #params: GpuBuffer;

  constructor(plan: Plan, dispatches: readonly Dispatch[], params: GpuBuffer) {
    this.plan = plan;
    this.dispatches = dispatches;
    this.#params = params;
  }

  record(pass: GPUComputePassEncoder, tokens: number): void {
    for (const { pipeline, group, grid } of this.dispatches) {
      const [x, y, z] = grid(tokens);
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(x, y, z);
    }
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
