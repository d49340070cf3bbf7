import { fixedIds } from "../lib/fixed-ids.ts";
import { interleave } from "../lib/turns.ts";
import { batchTokens } from "../model/rows.ts";
import { tokensPerSubmit } from "./measure.ts";
import type { CurveRequest, CurveSample, Progress } from "./protocol.ts";
import type { Runner } from "./runner.ts";
import { greedy, writeSampling } from "./sampling.ts";
import type { Session } from "./session.ts";

interface Point {
  readonly kind: "position" | "prompt";
  readonly at: number;
  readonly ms: number[];
}

/**
 * Milliseconds of a decoded token against the tokens before it, and of a prompt against its length, as a user meets them: from the call
 * to the ids on the CPU. The cache really holds so many tokens; it is filled once and the points are visited in turns.
 */
export async function measureCurves(
  session: Session,
  request: CurveRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<CurveSample> {
  const { contextLength, vocabSize } = session.loaded.config;
  const { side, repeats, warmups = 1 } = request;
  const runner = session.runner(side);
  const positions = kept(request.positions, contextLength - tokensPerSubmit);
  // A prompt leaves room for the token that is drawn after it.
  const prompts = kept(request.promptTokens, contextLength - 1);
  const text = fixedIds(contextLength, vocabSize);
  const points: Point[] = [
    ...positions.map((at): Point => ({ kind: "position", at, ms: [] })),
    ...prompts.map((at): Point => ({ kind: "prompt", at, ms: [] })),
  ];
  const visits = points.length * (repeats + warmups);
  let visited = 0;
  await interleave(points, repeats + warmups, async (point, round) => {
    signal.throwIfAborted();
    onProgress({ phase: "measure", fraction: visited++ / visits, note: side });
    if (point.kind === "position") {
      // The decoded tokens of another point, or a prompt, have written over the cache's text, which does not matter for the time; that
      // it is filled at all does.
      if (visited === 1) await fill(runner, text.slice(0, positions.at(-1)), signal);
      runner.seek(point.at);
    } else runner.reset();
    writeSampling(session.shared, runner.stream, greedy, []);
    const begun = performance.now();
    if (point.kind === "position") await runner.generate([], tokensPerSubmit, false);
    else await runner.generate(text.slice(0, point.at), 1, false);
    const ms = performance.now() - begun;
    if (round >= warmups) point.ms.push(point.kind === "position" ? ms / tokensPerSubmit : ms);
  });
  runner.reset();
  const of = (kind: Point["kind"]) => points.filter((point) => point.kind === kind);
  return {
    byPosition: of("position").map(({ at, ms }) => ({ position: at, decodeMs: ms })),
    prefillByTokens: of("prompt").map(({ at, ms }) => ({ tokens: at, prefillMs: ms })),
    warmups,
  };
}

/** Ascending, each once, within the model's context. */
function kept(values: readonly number[], most: number): number[] {
  return [...new Set(values)].filter((at) => at >= 1 && at <= most).sort((a, b) => a - b);
}

/** Batch by batch with a wait after each, so that a stop is heard. */
async function fill(runner: Runner, ids: readonly number[], signal: AbortSignal): Promise<void> {
  runner.reset();
  for (let at = 0; at < ids.length; at += batchTokens) {
    signal.throwIfAborted();
    await runner.generate(ids.slice(at, at + batchTokens), 1, false);
  }
}
