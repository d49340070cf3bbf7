import { UserError } from "../lib/assert.ts";
import { compareRows, logSoftmax } from "../model/distribution.ts";
import { batchTokens } from "../model/plan.ts";
import type { Tokenizer } from "../model/tokenizer.ts";
import { evaluationWindows, type Window } from "../model/windows.ts";
import type { EvaluateChunk, EvaluateRequest, EvaluateSummary, ScoredToken } from "./protocol.ts";
import type { Runner } from "./runner.ts";

export interface EvaluateParts {
  readonly reference: Runner;
  readonly candidate: Runner;
  readonly tokenizer: Tokenizer;
  readonly vocab: number;
  readonly contextLength: number;
  cancelled(): boolean;
}

/**
 * Perplexity and KL by the protocol of the design ("Perplexity and KL, exactly"): both models read the same windows, batch by batch, and
 * every scored position's two rows of logits are compared in f64.
 */
export async function evaluate(
  parts: EvaluateParts,
  request: EvaluateRequest,
  onChunk: (chunk: EvaluateChunk) => void,
): Promise<EvaluateSummary> {
  const { window, stride } = request;
  if (!Number.isInteger(window) || window < 2 || window > parts.contextLength) {
    throw new UserError(
      `The window is ${window} tokens; it must be between 2 and the model's context of ${parts.contextLength}.`,
    );
  }
  if (!Number.isInteger(stride) || stride < 1 || stride > window) {
    throw new UserError(
      `The stride is ${stride} tokens; it must be between 1 and the window of ${window}.`,
    );
  }
  const ids = parts.tokenizer.encode(request.text);
  if (ids.length < 2) throw new UserError("The text has no token to score; it needs at least two.");
  // A leading BOS is no text: what follows it begins the text.
  const bos = parts.tokenizer.specialIds.has(ids[0] ?? -1) ? 1 : 0;
  const lengths = [...(bos ? [0] : []), ...parts.tokenizer.byteLengths(ids.slice(bos))];
  const windows = evaluationWindows(ids.length, window, stride);
  const available = windows.reduce((sum, { end, scoreFrom }) => sum + end - scoreFrom, 0);
  const total = Math.min(available, request.maxTokens ?? available);
  let done = 0;
  let bytes = 0;
  for (const stretch of windows) {
    for await (const rows of scoreWindow(parts, ids, stretch)) {
      const kept = rows.slice(0, total - done);
      done += kept.length;
      for (const { position } of kept) bytes += lengths[position] ?? 0;
      if (kept.length > 0) onChunk({ rows: kept, done, total });
      if (parts.cancelled()) return { scoredTokens: done, scoredBytes: bytes, cancelled: true };
      if (done >= total) return { scoredTokens: done, scoredBytes: bytes, cancelled: false };
    }
  }
  return { scoredTokens: done, scoredBytes: bytes, cancelled: false };
}

async function* scoreWindow(
  parts: EvaluateParts,
  ids: readonly number[],
  stretch: Window,
): AsyncGenerator<ScoredToken[]> {
  const { reference, candidate, vocab } = parts;
  reference.reset();
  candidate.reset();
  const p = new Float64Array(vocab);
  const q = new Float64Array(vocab);
  // The last id is only a target: nothing is predicted from it here.
  for (let at = stretch.start; at < stretch.end - 1; at += batchTokens) {
    const end = Math.min(at + batchTokens, stretch.end - 1);
    const batch = ids.slice(at, end);
    if (end < stretch.scoreFrom) {
      reference.feed(batch);
      candidate.feed(batch);
      continue;
    }
    const [expected, found] = await Promise.all([reference.score(batch), candidate.score(batch)]);
    const rows: ScoredToken[] = [];
    for (let row = 0; row < batch.length; row++) {
      const position = at + row + 1;
      if (position < stretch.scoreFrom) continue;
      const target = ids[position] ?? 0;
      logSoftmax(expected.subarray(row * vocab, (row + 1) * vocab), p);
      logSoftmax(found.subarray(row * vocab, (row + 1) * vocab), q);
      const { kl, sameTop1, top5 } = compareRows(p, q);
      rows.push({
        position,
        target,
        referenceNll: -(p[target] ?? 0),
        candidateNll: -(q[target] ?? 0),
        kl,
        sameTop1,
        top5,
      });
    }
    yield rows;
  }
}
