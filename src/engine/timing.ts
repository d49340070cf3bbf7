import type { GpuContext } from "../gpu/context.ts";
import type { Dispatch } from "./program.ts";

/**
 * Milliseconds of one run of `dispatches`, by the slope between few and many repeats: what a submit and its wait cost falls out, and no
 * timestamps are needed (browsers round those to 0.1 ms or more). `leastMs` is how long the longer submit should last.
 */
export async function timeDispatches(
  context: GpuContext,
  dispatches: readonly Dispatch[],
  tokens: number,
  leastMs: number,
): Promise<number> {
  let repeats = 2;
  let ms = await timeRepeats(context, dispatches, tokens, repeats);
  while (ms < leastMs && repeats < 4096) {
    repeats *= 2;
    ms = await timeRepeats(context, dispatches, tokens, repeats);
  }
  const half = await timeRepeats(context, dispatches, tokens, repeats / 2);
  const slope = (ms - half) / (repeats / 2);
  // Noise can make the longer run the faster one; its plain mean is then an upper bound.
  return slope > 0 ? slope : ms / repeats;
}

async function timeRepeats(
  context: GpuContext,
  dispatches: readonly Dispatch[],
  tokens: number,
  repeats: number,
): Promise<number> {
  const { device } = context;
  const encoder = device.createCommandEncoder({ label: "timing" });
  const pass = encoder.beginComputePass({ label: "timing" });
  for (let i = 0; i < repeats; i++) {
    for (const { pipeline, group, grid } of dispatches) {
      const [x, y, z] = grid(tokens);
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(x, y, z);
    }
  }
  pass.end();
  const begun = performance.now();
  context.submit(encoder.finish());
  await device.queue.onSubmittedWorkDone();
  return performance.now() - begun;
}
