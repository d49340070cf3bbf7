import type { Progress, SpeedRequest, SpeedSample } from "./protocol.ts";
import { greedy, writeSampling } from "./sampling.ts";
import type { Session } from "./session.ts";

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
  const { contextLength, vocabSize } = session.loaded.config;
  const promptTokens = Math.max(1, Math.min(request.promptTokens, contextLength - tokensPerSubmit));
  const tokens = Math.max(1, Math.min(request.tokens, contextLength - promptTokens));
  const prompt = Array.from({ length: promptTokens }, (_, i) => (i * 7919 + 17) % vocabSize);
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
  return { prefillMs, decodeMs, promptTokens, tokens, warmups };
}
