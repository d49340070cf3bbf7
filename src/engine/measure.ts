import type { GpuMeters } from "../gpu/context.ts";
import { sha256Hex } from "../lib/sha256.ts";
import { median } from "../lib/stats.ts";
import type { Dispatch } from "./program.ts";
import type {
  ColdRun,
  KernelTime,
  Progress,
  RunCounts,
  Side,
  SpeedCounters,
  SpeedRequest,
  SpeedSample,
} from "./protocol.ts";
import { greedy, writeSampling } from "./sampling.ts";
import type { Session } from "./session.ts";
import { type MeasuredTime, measureDispatches } from "./timing.ts";

export const tokensPerSubmit = 8;

/** A fixed run of ids, so that every setting reads the same. */
export function benchPrompt(length: number, vocabSize: number): number[] {
  return Array.from({ length }, (_, i) => (i * 7919 + 17) % vocabSize);
}

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
  const { contextLength, vocabSize } = session.loaded.config;
  const promptTokens = Math.max(1, Math.min(request.promptTokens, contextLength - tokensPerSubmit));
  const tokens = Math.max(1, Math.min(request.tokens, contextLength - promptTokens));
  const prompt = benchPrompt(promptTokens, vocabSize);
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
  return { prefillMs, decodeMs, promptTokens, tokens, warmups, cold, counters };
}

function countsBetween(before: GpuMeters, after: GpuMeters): RunCounts {
  return {
    dispatches: after.dispatches - before.dispatches,
    submits: after.submits - before.submits,
    readbackBytes: after.readbackBytes - before.readbackBytes,
  };
}

/** Time of each kernel of one decoded token, in the middle of the context; equal dispatches are one row. */
export async function measureKernels(
  session: Session,
  side: Side,
  signal: AbortSignal,
): Promise<KernelTime[]> {
  const { context } = session.shared;
  const runner = session.runner(side);
  const kinds = new Map<string, { dispatch: Dispatch; calls: number }>();
  for (const dispatch of runner.program("decode").dispatches) {
    const key = `${dispatch.label} ${dispatch.shape}`;
    const known = kinds.get(key);
    if (known) known.calls++;
    else kinds.set(key, { dispatch, calls: 1 });
  }
  const middle = session.loaded.config.contextLength >> 1;
  writeSampling(session.shared, runner.stream, greedy, []);
  const rows: KernelTime[] = [];
  for (const { dispatch, calls } of kinds.values()) {
    signal.throwIfAborted();
    context.device.queue.writeBuffer(
      runner.stream.state.buffer,
      0,
      new Uint32Array([middle, 1, 0, 0]),
    );
    const samples: MeasuredTime[] = [];
    for (let round = 0; round < 3; round++)
      samples.push(await measureDispatches(context, [dispatch], 1, 4));
    rows.push({
      label: dispatch.label,
      shape: dispatch.shape,
      calls,
      ms: median(samples.map(({ ms }) => ms)) * calls,
      // Where a single timestamp was out of bounds, the row says what holds for all of its samples.
      measuredBy: samples.every(({ measuredBy }) => measuredBy === "timestamp-query")
        ? "timestamp-query"
        : "repeats",
      wgslSha256: await sha256Hex(dispatch.code),
    });
  }
  runner.reset();
  return rows.sort((a, b) => b.ms - a.ms);
}
