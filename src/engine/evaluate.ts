import { invariant, UserError } from "../lib/assert.ts";
import { compareRows, logSoftmax } from "../model/distribution.ts";
import { batchTokens } from "../model/rows.ts";
import { classOf } from "../model/token-class.ts";
import type { Tokenizer } from "../model/tokenizer.ts";
import { evaluationWindows, type Window } from "../model/windows.ts";
import { KeptRows } from "./kept-rows.ts";
import type {
  Engine,
  EvaluateRequest,
  EvaluateSummary,
  ScoredToken,
  TokenClass,
} from "./protocol.ts";
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
  onChunk: Parameters<Engine["evaluate"]>[1],
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
  const places = placesOf(ids, parts.tokenizer);
  const kept = KeptRows.of(parts.reference, { text: request.text, window, stride });
  let done = 0;
  let bytes = 0;
  const summary = (ended: EvaluateSummary["ended"]): EvaluateSummary => ({
    scoredTokens: done,
    scoredBytes: bytes,
    ended,
  });
  for (const stretch of windows) {
    for await (const rows of scoreWindow(parts, ids, places, stretch, kept)) {
      const kept = rows.slice(0, total - done);
      done += kept.length;
      for (const { position } of kept) bytes += lengths[position] ?? 0;
      const answer = kept.length > 0 ? await onChunk({ rows: kept, done, total }) : undefined;
      if (parts.cancelled()) return summary("cancelled");
      if (done >= total) return summary(total < available ? "limit" : "text");
      if (answer === "enough") return summary("enough");
    }
  }
  return summary("text");
}

/** Where each token of the text stands. */
interface Place {
  readonly tokenClass: TokenClass;
  readonly document: number;
  /** Position of the document's first token. */
  readonly begin: number;
}

function placesOf(ids: readonly number[], tokenizer: Tokenizer): Place[] {
  let document = 0;
  let begin = 0;
  let before = "";
  return ids.map((id, position) => {
    const special = tokenizer.specialIds.has(id);
    const text = tokenizer.tokenText(id);
    const place: Place = {
      tokenClass: special ? "special" : classOf(text, before),
      document,
      begin,
    };
    before = special ? "" : text;
    // What stands before the first document (a BOS) ends none.
    if (special && position > 0) document++;
    if (special) begin = position + 1;
    return place;
  });
}

async function* scoreWindow(
  parts: EvaluateParts,
  ids: readonly number[],
  places: readonly Place[],
  stretch: Window,
  kept: KeptRows,
): AsyncGenerator<ScoredToken[]> {
  const { reference, candidate, vocab } = parts;
  const known = kept.window(stretch.start);
  const computed = new Map<number, Float32Array>();
  if (!known) reference.reset();
  candidate.reset();
  const p = new Float64Array(vocab);
  const q = new Float64Array(vocab);
  // The last id is only a target: nothing is predicted from it here.
  const scored: { at: number; batch: readonly number[] }[] = [];
  for (let at = stretch.start; at < stretch.end - 1; at += batchTokens) {
    const end = Math.min(at + batchTokens, stretch.end - 1);
    const batch = ids.slice(at, end);
    if (end >= stretch.scoreFrom) scored.push({ at, batch });
    else {
      if (!known) reference.feed(batch);
      candidate.feed(batch);
    }
  }
  const ask = async (index: number): Promise<[Float32Array, Float32Array] | null> => {
    const next = scored[index];
    if (!next) return null;
    return await Promise.all([
      known?.get(next.at) ?? reference.score(next.batch),
      candidate.score(next.batch),
    ]);
  };
  // The GPU computes the next batch while the CPU compares this one.
  let asked = ask(0);
  try {
    for (const [index, { at, batch }] of scored.entries()) {
      const both = await asked;
      invariant(both, `no logits of position ${at}`);
      asked = ask(index + 1);
      const [expected, found] = both;
      computed.set(at, expected);
      const rows: ScoredToken[] = [];
      for (let row = 0; row < batch.length; row++) {
        const position = at + row + 1;
        if (position < stretch.scoreFrom) continue;
        const target = ids[position] ?? 0;
        logSoftmax(expected.subarray(row * vocab, (row + 1) * vocab), p);
        logSoftmax(found.subarray(row * vocab, (row + 1) * vocab), q);
        const place = places[position];
        invariant(place, `position ${position} is outside the text`);
        rows.push({
          position,
          target,
          tokenClass: place.tokenClass,
          document: place.document,
          context: Math.max(0, position - Math.max(place.begin, stretch.start)),
          referenceNll: -(p[target] ?? 0),
          candidateNll: -(q[target] ?? 0),
          ...compareRows(p, q),
        });
      }
      yield rows;
    }
  } finally {
    // A window that is left early leaves nothing behind that still computes.
    await asked;
  }
  // A window that was left early never comes here: what is kept is whole.
  if (!known) kept.keep(stretch.start, computed);
}
