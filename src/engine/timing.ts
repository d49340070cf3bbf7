import type { GpuContext } from "../gpu/context.ts";
import { PassClock } from "../gpu/pass-clock.ts";
import { type Dispatch, recordDispatch } from "./program.ts";
import type { KernelTime } from "./protocol.ts";

export interface MeasuredTime {
  /** Of one run of the dispatches. */
  readonly ms: number;
  readonly measuredBy: KernelTime["measuredBy"];
}

interface Repeated {
  /** From the submit to its end, as the CPU sees it. */
  readonly wallMs: number;
  /** Of the pass on the GPU; null where there is no timestamp to be believed. */
  readonly gpuMs: number | null;
}

/** Repeats in a pass beyond which nothing gets surer. */
const MOST_REPEATS = 4096;

/** As `measureDispatches`, for those who need the time alone. */
export async function timeDispatches(
  context: GpuContext,
  dispatches: readonly Dispatch[],
  tokens: number,
  leastMs: number,
): Promise<number> {
  return (await measureDispatches(context, dispatches, tokens, leastMs)).ms;
}

/**
 * Milliseconds of one run of `dispatches`, repeated in one pass until it lasts `leastMs`: by the GPU's timestamps where it has them, else
 * by the slope between few and many repeats, in which what a submit and its wait cost falls out.
 */
export async function measureDispatches(
  context: GpuContext,
  dispatches: readonly Dispatch[],
  tokens: number,
  leastMs: number,
): Promise<MeasuredTime> {
  const run = (count: number) => runRepeats(context, dispatches, { tokens, position: 0 }, count);
  let repeats = 2;
  let long = await run(repeats);
  while ((long.gpuMs ?? long.wallMs) < leastMs && repeats < MOST_REPEATS) {
    repeats *= 2;
    long = await run(repeats);
  }
  if (long.gpuMs !== null) return { ms: long.gpuMs / repeats, measuredBy: "timestamp-query" };
  const half = await run(repeats / 2);
  return { ms: slopeOf(long.wallMs, half.wallMs, repeats), measuredBy: "repeats" };
}

/** Many samples of one run of `dispatches`, for figures that must hold on a busy machine as well. */
export class RunTimer {
  readonly #context: GpuContext;
  readonly #dispatches: readonly Dispatch[];
  readonly #leastMs: number;
  readonly #position: number;
  readonly #long: Repeated[] = [];
  readonly #halfMs: number[] = [];
  #repeats = 2;

  /** Of one token behind `position` others. */
  constructor(context: GpuContext, dispatches: readonly Dispatch[], leastMs: number, position = 0) {
    this.#context = context;
    this.#position = position;
    this.#dispatches = dispatches;
    this.#leastMs = leastMs;
  }

  /** Finds out how often to repeat, which is the warm-up as well. */
  async warmUp(): Promise<void> {
    let { wallMs } = await this.#run(this.#repeats);
    while (wallMs < this.#leastMs && this.#repeats < MOST_REPEATS) {
      this.#repeats *= 2;
      ({ wallMs } = await this.#run(this.#repeats));
    }
  }

  async sample(): Promise<void> {
    const long = await this.#run(this.#repeats);
    this.#long.push(long);
    const half = await this.#run(this.#repeats / 2);
    this.#halfMs.push(half.wallMs);
  }

  get measuredBy(): KernelTime["measuredBy"] {
    return this.#long.every(({ gpuMs }) => gpuMs !== null) ? "timestamp-query" : "repeats";
  }

  /** Milliseconds of a run, sample by sample. */
  get samples(): number[] {
    const stamped = this.measuredBy === "timestamp-query";
    return this.#long.map(({ gpuMs, wallMs }, at) =>
      stamped && gpuMs !== null ? gpuMs / this.#repeats : this.#slope(wallMs, this.#halfMs[at]),
    );
  }

  /** By the fastest long and the fastest half submit: other programs only ever add to a time. */
  get bestMs(): number {
    if (this.measuredBy === "timestamp-query") return Math.min(...this.samples);
    return this.#slope(
      Math.min(...this.#long.map(({ wallMs }) => wallMs)),
      Math.min(...this.#halfMs),
    );
  }

  #run(repeats: number): Promise<Repeated> {
    const batch = { tokens: 1, position: this.#position };
    return runRepeats(this.#context, this.#dispatches, batch, repeats);
  }

  #slope(ms: number, halfMs = 0): number {
    return slopeOf(ms, halfMs, this.#repeats);
  }
}

function slopeOf(ms: number, halfMs: number, repeats: number): number {
  const slope = (ms - halfMs) / (repeats / 2);
  // Noise can make the longer run the faster one; its plain mean is then an upper bound.
  return slope > 0 ? slope : ms / repeats;
}

async function runRepeats(
  context: GpuContext,
  dispatches: readonly Dispatch[],
  { tokens, position }: { readonly tokens: number; readonly position: number },
  repeats: number,
): Promise<Repeated> {
  const { device, meters } = context;
  const clock = PassClock.of(context);
  const encoder = device.createCommandEncoder({ label: "timing" });
  const pass = encoder.beginComputePass({
    label: "timing",
    ...(clock && { timestampWrites: clock.writes }),
  });
  for (let i = 0; i < repeats; i++) {
    for (const dispatch of dispatches)
      meters.dispatches += recordDispatch(pass, dispatch, tokens, position);
  }
  pass.end();
  clock?.record(encoder);
  const commands = encoder.finish();
  const begun = performance.now();
  context.submit(commands);
  await device.queue.onSubmittedWorkDone();
  const wallMs = performance.now() - begun;
  if (!clock) return { wallMs, gpuMs: null };
  return { wallMs, gpuMs: believable(await clock.take(), wallMs) };
}

/**
 * A pass cannot last longer than the wait for it, and in one that keeps the GPU busy for milliseconds most of the wait is the pass. Drivers
 * that write both timestamps at once, or none, are told by that.
 */
export function believable(gpuMs: number, wallMs: number): number | null {
  return gpuMs <= wallMs && gpuMs >= wallMs / 4 ? gpuMs : null;
}
