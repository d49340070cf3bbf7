import { sha256Hex } from "../lib/sha256.ts";
import { median } from "../lib/stats.ts";
import { speedRun } from "../model/speed-run.ts";
import type { Dispatch } from "./program.ts";
import type { KernelTime, Progress, Side, SpeedRequest, SpeedSample } from "./protocol.ts";
import { greedy, writeSampling } from "./sampling.ts";
import type { Session } from "./session.ts";
import { timeDispatches } from "./timing.ts";

const tokensPerSubmit = 8;

/**
 * Prefill and decode as a user meets them: from the call to the ids on the CPU. One uncounted warm-up, then `repeats` of each. The prompt
 * is a fixed run of ids, so that every setting reads the same.
 */
export async function measureSpeed(
  session: Session,
  request: SpeedRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<SpeedSample> {
  const { prompt, tokens } = speedRun(session.loaded.config, request);
  const runner = session.runner(request.side);
  const prefillMs: number[] = [];
  const decodeMs: number[] = [];
  const warmups = 1;
  for (let repeat = -warmups; repeat < request.repeats; repeat++) {
    onProgress({
      phase: "measure",
      fraction: (repeat + warmups) / (request.repeats + warmups),
      note: request.side,
    });
    runner.reset();
    writeSampling(session.shared, runner.stream, greedy, prompt);
    const begun = performance.now();
    await runner.generate(prompt, 1, false);
    const prefilled = performance.now();
    let sampled = 1;
    while (sampled < tokens) {
      signal.throwIfAborted();
      const count = Math.min(tokensPerSubmit, tokens - sampled);
      await runner.generate([], count, false);
      sampled += count;
    }
    if (repeat < 0) continue;
    prefillMs.push(prefilled - begun);
    decodeMs.push((performance.now() - prefilled) / Math.max(1, tokens - 1));
  }
  return { prefillMs, decodeMs, promptTokens: prompt.length, tokens, warmups };
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
    const samples: number[] = [];
    for (let round = 0; round < 3; round++)
      samples.push(await timeDispatches(context, [dispatch], 1, 4));
    rows.push({
      label: dispatch.label,
      shape: dispatch.shape,
      calls,
      ms: median(samples) * calls,
      measuredBy: "repeats",
      wgslSha256: await sha256Hex(dispatch.code),
    });
  }
  runner.reset();
  return rows.sort((a, b) => b.ms - a.ms);
}
