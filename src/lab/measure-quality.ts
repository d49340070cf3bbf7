import type { Engine, EvaluateAnswer } from "../engine/protocol.ts";
import type { MeasuredQuality } from "./build-report.ts";
import { bitsPerByte, createQuality, type Quality, type QualitySummary } from "./quality.ts";

export interface QualityRequest {
  readonly text: string;
  readonly name: string;
  readonly sha256: string;
  readonly window: number;
  readonly stride: number;
  /** All of the text when left out. */
  readonly maxTokens?: number;
  /** Stop as soon as the interval of the mean KL lies within this share of it on either side: 0.05 is 5 %. */
  readonly within?: number;
}

/** Called for every chunk; `done` of `total` tokens are in `quality`. */
export type OnQuality = (quality: Quality, done: number, total: number) => void;

/**
 * A look at the interval after each of so many tokens, and then whenever there are a quarter more. Few looks: every one is a chance to
 * stop at a moment that happens to look good.
 */
const FIRST_LOOK = 2048;
const GROWTH = 1.25;

/** Measures the candidate against the reference on a text. Null when it was cancelled before the first token. */
export async function measureQuality(
  engine: Pick<Engine, "evaluate">,
  request: QualityRequest,
  onQuality: OnQuality,
): Promise<MeasuredQuality | null> {
  const { text, window, stride, maxTokens, within } = request;
  const quality = createQuality();
  let total = 0;
  let next = FIRST_LOOK;
  const look = (done: number): EvaluateAnswer => {
    if (within === undefined || done < next) return undefined;
    next = done * GROWTH;
    return isWithin(quality.summary(), within) ? "enough" : undefined;
  };
  const { scoredBytes, ended } = await engine.evaluate(
    { text, window, stride, ...(maxTokens === undefined ? {} : { maxTokens }) },
    (chunk) => {
      quality.push(chunk.rows);
      total = chunk.total;
      onQuality(quality, chunk.done, total);
      return look(chunk.done);
    },
  );
  const summary = quality.summary();
  const { nll, tokens } = summary;
  if (tokens === 0) return null;
  return measuredQuality(request, summary, {
    parts: quality.parts(),
    total,
    ended,
    bitsPerByte: {
      reference: bitsPerByte(nll.reference.value, tokens, scoredBytes),
      candidate: bitsPerByte(nll.candidate.value, tokens, scoredBytes),
    },
  });
}

/** A summary with what it was measured on; what is left out is not known yet. */
export function measuredQuality(
  { name, sha256, window, stride, within }: QualityRequest,
  summary: QualitySummary,
  rest: Pick<MeasuredQuality, "total"> & Partial<MeasuredQuality>,
): MeasuredQuality {
  return {
    summary,
    parts: null,
    text: { name, sha256 },
    window,
    stride,
    ended: null,
    within: within ?? null,
    bitsPerByte: null,
    ...rest,
  };
}

/** Whether the interval of the mean KL is narrow enough. Without an interval nothing is known. */
export function isWithin({ kl }: QualitySummary, share: number): boolean {
  const { interval, value } = kl;
  if (!interval) return false;
  const widest = Math.max(interval.high - value, value - interval.low);
  return widest <= share * value;
}
