import type { GpuContext } from "../gpu/context.ts";
import type { PipelineCache } from "../gpu/pipelines.ts";
import { Readback } from "../gpu/readback.ts";
import { assemble } from "../kernels/assemble.ts";
import { dispatchShader } from "../kernels/roof.ts";
import { type Roof, roofOf } from "../lib/roof.ts";
import { percentile } from "../lib/stats.ts";
import { bindGroup, type Dispatch } from "./program.ts";
import { RunTimer } from "./timing.ts";

export interface OverheadDevice {
  readonly context: GpuContext;
  readonly pipelines: PipelineCache;
  readonly signal: AbortSignal | undefined;
}

const SAMPLES = 7;
/** A run of dispatches, timed again and again: a thousand at least in the shorter of two submits. */
const RUN = 512;
const SAMPLE_MS = 20;
const SUBMITS = 41;

/** Of one dispatch among many, by the slope: what the submit costs is not in it. */
export async function measureDispatch(device: OverheadDevice): Promise<Roof> {
  return await withCounter(device, async ({ dispatch }) => {
    const run = Array.from({ length: RUN }, () => dispatch);
    const timer = new RunTimer(device.context, run, SAMPLE_MS);
    await timer.warmUp();
    for (let i = 0; i < SAMPLES; i++) {
      device.signal?.throwIfAborted();
      await timer.sample();
    }
    const each = (ms: number): number => (ms * 1000) / RUN;
    return roofOf(each(timer.bestMs), timer.samples.map(each));
  });
}

/** Of recording, submitting and reading back one dispatch, as a generation does for each few tokens. */
export async function measureSubmit(device: OverheadDevice): Promise<Roof> {
  const { context, signal } = device;
  const readback = new Readback(context, "submits", 4);
  try {
    return await withCounter(device, async ({ dispatch, counter }) => {
      const costs: number[] = [];
      for (let done = 1; done <= SUBMITS; done++) {
        signal?.throwIfAborted();
        const begun = performance.now();
        const encoder = context.device.createCommandEncoder({ label: dispatch.label });
        const pass = encoder.beginComputePass({ label: dispatch.label });
        pass.setPipeline(dispatch.pipeline);
        pass.setBindGroup(0, dispatch.group);
        pass.dispatchWorkgroups(1);
        pass.end();
        readback.record(encoder, counter, 0, 4);
        context.submit(encoder.finish());
        const [count] = new Uint32Array(await readback.take(4));
        costs.push((performance.now() - begun) * 1000);
        if (count !== done) throw new Error(`${dispatch.label} counts ${count} of ${done} here.`);
      }
      // The first one finds the driver asleep.
      const counted = costs.slice(1);
      return roofOf(percentile(counted, 10), counted);
    });
  } finally {
    readback.destroy();
  }
}

async function withCounter(
  { context, pipelines }: OverheadDevice,
  work: (made: { dispatch: Dispatch; counter: GPUBuffer }) => Promise<Roof>,
): Promise<Roof> {
  const pipeline = await pipelines.get(assemble(dispatchShader));
  const { STORAGE, COPY_SRC } = GPUBufferUsage;
  const usage = STORAGE | COPY_SRC;
  const counter = context.createBuffer({ label: "y", category: "roofs", size: 16, usage });
  try {
    const group = bindGroup(context, pipeline, { y: { buffer: counter.buffer } });
    const dispatch = { ...pipeline, shape: "", group, grid: () => [1, 1, 1] as const };
    return await work({ dispatch, counter: counter.buffer });
  } finally {
    counter.destroy();
  }
}
