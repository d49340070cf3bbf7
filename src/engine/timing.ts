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
  const { repeats, ms } = await enoughRepeats(context, dispatches, tokens, leastMs);
  const half = await timeRepeats(context, dispatches, tokens, repeats / 2);
  return slopeOf(ms, half, repeats);
}

/** Many samples of one run of `dispatches`, for figures that must hold on a busy machine as well. */
export class RunTimer {
  readonly #context: GpuContext;
  readonly #dispatches: readonly Dispatch[];
  readonly #leastMs: number;
  readonly #longMs: number[] = [];
  readonly #halfMs: number[] = [];
  #repeats = 0;

  constructor(context: GpuContext, dispatches: readonly Dispatch[], leastMs: number) {
    this.#context = context;
    this.#dispatches = dispatches;
    this.#leastMs = leastMs;
  }

  /** Finds out how often to repeat, which is the warm-up as well. */
  async warmUp(): Promise<void> {
    const { repeats } = await enoughRepeats(this.#context, this.#dispatches, 1, this.#leastMs);
    this.#repeats = repeats;
  }

  async sample(): Promise<void> {
    this.#longMs.push(await timeRepeats(this.#context, this.#dispatches, 1, this.#repeats));
    this.#halfMs.push(await timeRepeats(this.#context, this.#dispatches, 1, this.#repeats / 2));
  }

  /** Milliseconds of a run, sample by sample. */
  get samples(): number[] {
    return this.#longMs.map((ms, at) => slopeOf(ms, this.#halfMs[at] ?? 0, this.#repeats));
  }

  /** By the fastest long and the fastest half submit: other programs only ever add to a time. */
  get bestMs(): number {
    return slopeOf(Math.min(...this.#longMs), Math.min(...this.#halfMs), this.#repeats);
  }
}

async function enoughRepeats(
  context: GpuContext,
  dispatches: readonly Dispatch[],
  tokens: number,
  leastMs: number,
): Promise<{ repeats: number; ms: number }> {
  let repeats = 2;
  let ms = await timeRepeats(context, dispatches, tokens, repeats);
  while (ms < leastMs && repeats < 4096) {
    repeats *= 2;
    ms = await timeRepeats(context, dispatches, tokens, repeats);
  }
  return { repeats, ms };
}

function slopeOf(ms: number, halfMs: number, repeats: number): number {
  const slope = (ms - halfMs) / (repeats / 2);
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
