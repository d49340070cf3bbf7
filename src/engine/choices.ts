import { UserError } from "../lib/assert.ts";
import { logSoftmax } from "../model/distribution.ts";
import { batchTokens } from "../model/rows.ts";
import type { Tokenizer } from "../model/tokenizer.ts";
import type {
  ChoiceItem,
  ChoiceRequest,
  ChoiceResult,
  Progress,
  ScoredChoices,
  Side,
} from "./protocol.ts";
import type { Runner } from "./runner.ts";

export interface ChoiceParts {
  runner(side: Side): Runner;
  readonly tokenizer: Tokenizer;
  readonly vocab: number;
  readonly contextLength: number;
  cancelled(): boolean;
}

/** An item in tokens: every text whole, and where they begin to be scored. */
interface Encoded {
  readonly texts: readonly (readonly number[])[];
  readonly start: number;
}

/**
 * The log-likelihood of every continuation of every context. A context is read once; each of its continuations goes in behind it, over
 * the one before. The sides take turns submit by submit.
 */
export async function scoreChoices(
  parts: ChoiceParts,
  request: ChoiceRequest,
  onProgress: (progress: Progress) => void,
): Promise<ChoiceResult> {
  const { sides, items } = request;
  const done: ScoredChoices[] = [];
  // All of them first: a mistake in the last item shows before the first is computed.
  const encoded = items.map((item, index) => encodeItem(parts, item, index));
  for (const item of encoded) {
    const scored = await Promise.all(
      sides.map(async (side) => [side, await scoreItem(parts, parts.runner(side), item)] as const),
    );
    if (parts.cancelled()) return { items: done, cancelled: true };
    done.push({
      tokens: item.texts.map((ids) => ids.length - item.start),
      logLikelihood: Object.fromEntries(scored),
    });
    const note = `${done.length} of ${items.length} items`;
    onProgress({ phase: "evaluate", fraction: done.length / items.length, note });
  }
  return { items: done, cancelled: false };
}

/**
 * A tokenizer may join the end of the context with the beginning of a continuation: all continuations are then scored from the first
 * token that any of them changes, so that none has fewer letters to pay for. The very first token of a text is never scored: nothing
 * comes before it.
 */
function encodeItem(
  { tokenizer, contextLength }: ChoiceParts,
  { context, choices }: ChoiceItem,
  index: number,
): Encoded {
  const before = tokenizer.encode(context);
  const texts = choices.map((choice) => tokenizer.encode(context + choice));
  const start = Math.max(1, Math.min(...texts.map((ids) => sharedTokens(before, ids))));
  for (const [at, ids] of texts.entries()) {
    if (ids.length <= start) {
      throw new UserError(`Item ${index + 1}: continuation ${at + 1} has no token to score.`);
    }
    if (ids.length > contextLength) {
      throw new UserError(
        `Item ${index + 1} has ${ids.length} tokens, but this model's context holds ${contextLength}; shorten it.`,
      );
    }
  }
  return { texts, start };
}

function sharedTokens(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((id, at) => id !== b[at]);
  return differs < 0 ? a.length : differs;
}

/** Nats for each text from `start` on; what a cancelled run returns is unfinished. */
async function scoreItem(
  parts: ChoiceParts,
  runner: Runner,
  { texts, start }: Encoded,
): Promise<number[]> {
  const row = new Float64Array(parts.vocab);
  runner.reset();
  runner.feed((texts[0] ?? []).slice(0, start - 1));
  const sums: number[] = [];
  for (const ids of texts) {
    // The last token before the continuation goes in again: its row predicts the first.
    runner.rewind(start - 1);
    let sum = 0;
    for (let at = start - 1; at < ids.length - 1; at += batchTokens) {
      if (parts.cancelled()) return sums;
      const batch = ids.slice(at, Math.min(at + batchTokens, ids.length - 1));
      const logits = await runner.score(batch);
      for (let i = 0; i < batch.length; i++) {
        logSoftmax(logits.subarray(i * parts.vocab, (i + 1) * parts.vocab), row);
        sum += row[ids[at + i + 1] ?? 0] ?? Number.NaN;
      }
    }
    sums.push(sum);
  }
  return sums;
}
