import type { CurveSample, Engine, Progress, Side } from "../engine/protocol.ts";
import { type Timing, timing } from "./speed.ts";

/** Room for the tokens of the submit that is timed. */
const LAST_TOKENS = 8;

export interface Curves {
  /** Of one decoded token, by how many stand before it. */
  readonly byPosition: readonly (Timing & { readonly position: number })[];
  /** Of a whole prompt, by its tokens. */
  readonly prefillByTokens: readonly (Timing & { readonly tokens: number })[];
}

/** 8, 32, 64, 128 ... and as far into the context as a submit has room. */
export function curvePositions(contextLength: number): number[] {
  const last = contextLength - LAST_TOKENS;
  const powers = [8, 32];
  for (let at = 64; at < last; at *= 2) powers.push(at);
  return [...powers.filter((at) => at < last), ...(last >= 1 ? [last] : [])];
}

/** 1, 2, 4 ... and all of the context but the token that is drawn. */
export function curvePrompts(contextLength: number): number[] {
  const prompts: number[] = [];
  for (let count = 1; count < contextLength - 1; count *= 2) prompts.push(count);
  return [...prompts, ...(contextLength > 1 ? [contextLength - 1] : [])];
}

/**
 * Curves of one or both sides. Sides take turns, a round at a time, so that neither has the machine while it is cooler; null when it was
 * stopped, for half a curve says little.
 */
export async function measureCurves<S extends Side>(
  engine: Pick<Engine, "curves">,
  sides: readonly S[],
  contextLength: number,
  rounds: number,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<S, CurveSample> | null> {
  const measured = new Map<S, CurveSample>();
  const request = {
    positions: curvePositions(contextLength),
    promptTokens: curvePrompts(contextLength),
    repeats: 1,
  };
  const visits = rounds * sides.length;
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? sides : sides.toReversed();
    for (const [at, side] of order.entries()) {
      if (signal.aborted) return null;
      const done = (round * sides.length + at) / visits;
      const sample = await engine.curves(
        { ...request, side, warmups: round === 0 ? 1 : 0 },
        (progress) =>
          onProgress({ ...progress, fraction: done + (progress.fraction ?? 0) / visits }),
      );
      const known = measured.get(side);
      measured.set(side, known ? mergeCurves(known, sample) : sample);
    }
  }
  return measured;
}

/** Repeats of the same points, taken at different times, as one. */
export function mergeCurves(first: CurveSample, second: CurveSample): CurveSample {
  const positions = new Map(second.byPosition.map((point) => [point.position, point.decodeMs]));
  const prompts = new Map(second.prefillByTokens.map((point) => [point.tokens, point.prefillMs]));
  return {
    byPosition: first.byPosition.map(({ position, decodeMs }) => ({
      position,
      decodeMs: [...decodeMs, ...(positions.get(position) ?? [])],
    })),
    prefillByTokens: first.prefillByTokens.map(({ tokens, prefillMs }) => ({
      tokens,
      prefillMs: [...prefillMs, ...(prompts.get(tokens) ?? [])],
    })),
    warmups: first.warmups + second.warmups,
  };
}

export function summariseCurves({ byPosition, prefillByTokens }: CurveSample): Curves {
  return {
    byPosition: byPosition.map(({ position, decodeMs }) => ({ position, ...timing(decodeMs, 1) })),
    prefillByTokens: prefillByTokens.map(({ tokens, prefillMs }) => ({
      tokens,
      ...timing(prefillMs, tokens),
    })),
  };
}
