import type { GpuMeters } from "../gpu/context.ts";
import { speedRun } from "../model/speed-run.ts";
import type {
  ColdRun,
  Progress,
  RunCounts,
  SpeedCounters,
  SpeedRequest,
  SpeedSample,
} from "./protocol.ts";
import { greedy, writeSampling } from "./sampling.ts";
import type { Session } from "./session.ts";

export const tokensPerSubmit = 8;

/**
 * Prefill and decode as a user meets them: from the call to the ids on the CPU. Uncounted warm-ups, then `repeats` of each. The first
 * warm-up of a setting that ran nothing yet is kept apart, as its cold run.
 */
export async function measureSpeed(
  session: Session,
  request: SpeedRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<SpeedSample> {
  const { prompt, tokens } = speedRun(session.loaded.config, request);
  const runner = session.runner(request.side);
  const { meters } = session.shared.context;
  const prefillMs: number[] = [];
  const decodeMs: number[] = [];
  const { warmups = 1 } = request;
  let cold: ColdRun | null = null;
  let counters: SpeedCounters | null = null;
  for (let repeat = -warmups; repeat < request.repeats; repeat++) {
    signal.throwIfAborted();
    const fraction = (repeat + warmups) / (request.repeats + warmups);
    onProgress({ phase: "measure", fraction, note: request.side });
    const { fresh } = runner;
    runner.reset();
    writeSampling(session.shared, runner.stream, greedy, prompt);
    const before = { ...meters };
    const begun = performance.now();
    await runner.generate(prompt, 1, false);
    const prefilled = performance.now();
    const between = { ...meters };
    let sampled = 1;
    while (sampled < tokens) {
      signal.throwIfAborted();
      const count = Math.min(tokensPerSubmit, tokens - sampled);
      await runner.generate([], count, false);
      sampled += count;
    }
    const run = {
      prefillMs: prefilled - begun,
      decodeMs: (performance.now() - prefilled) / Math.max(1, tokens - 1),
    };
    counters = {
      prefill: countsBetween(before, between),
      decode: countsBetween(between, meters),
      liveBytes: meters.liveBytes,
      peakBytes: meters.peakBytes,
    };
    if (repeat < 0) {
      if (fresh) cold = run;
      continue;
    }
    prefillMs.push(run.prefillMs);
    decodeMs.push(run.decodeMs);
  }
  return { prefillMs, decodeMs, promptTokens: prompt.length, tokens, warmups, cold, counters };
}

function countsBetween(before: GpuMeters, after: GpuMeters): RunCounts {
  return {
    dispatches: after.dispatches - before.dispatches,
    submits: after.submits - before.submits,
    readbackBytes: after.readbackBytes - before.readbackBytes,
  };
}
