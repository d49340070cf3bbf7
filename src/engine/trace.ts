import { UserError } from "../lib/assert.ts";
import { compareRows, likeliest, logSoftmax } from "../model/distribution.ts";
import { batchTokens } from "../model/rows.ts";
import type { EvaluateParts } from "./evaluate.ts";
import type {
  DistributionRequest,
  NextToken,
  Progress,
  TextTrace,
  TokenTrace,
  TraceRequest,
} from "./protocol.ts";

/** Log-probabilities below this share the lowest cell. */
const LEAST_NATS = -24;
const CELLS = 48;
/** Tokens of a single distribution that are named, of each side. */
const NAMED = 20;

type Parts = Omit<EvaluateParts, "cancelled">;

/**
 * Both models along one text, with whole distributions: KL at every token, how the log-probabilities of all tokens of the vocabulary lie to
 * each other, and how they fall with their rank.
 */
export async function traceText(
  parts: Parts,
  request: TraceRequest,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<TextTrace> {
  const ids = idsOf(parts, request.text, request.maxTokens);
  const { tokenizer, vocab } = parts;
  const tally = createTally(vocab);
  const tokens: TokenTrace[] = [
    { id: ids[0] ?? 0, text: tokenizer.tokenText(ids[0] ?? 0), scored: null },
  ];
  for await (const [at, p, q] of rowsOf(parts, ids, signal)) {
    const id = ids[at + 1];
    // What follows the last token is not known.
    if (id === undefined) break;
    tally.add(p, q);
    const { kl } = compareRows(p, q);
    const scored = { kl, referenceNll: -(p[id] ?? 0), candidateNll: -(q[id] ?? 0) };
    tokens.push({ id, text: tokenizer.tokenText(id), scored });
    onProgress({ phase: "evaluate", fraction: (at + 1) / (ids.length - 1), note: "text" });
  }
  return { tokens, ...tally.result() };
}

/** Both models' whole distributions over what follows the first `position` tokens. */
export async function nextToken(
  parts: Parts,
  { text, position }: DistributionRequest,
  signal: AbortSignal,
): Promise<NextToken> {
  const ids = idsOf(parts, text, parts.contextLength);
  if (!Number.isInteger(position) || position < 1 || position >= ids.length) {
    throw new UserError(
      `Position ${position} is not in the text; it must be between 1 and ${ids.length - 1}.`,
    );
  }
  const { tokenizer, vocab } = parts;
  const reference = new Float32Array(vocab);
  const candidate = new Float32Array(vocab);
  for await (const [at, p, q] of rowsOf(parts, ids.slice(0, position), signal)) {
    if (at !== position - 1) continue;
    reference.set(p);
    candidate.set(q);
  }
  const named = new Set([...likeliest(reference, NAMED), ...likeliest(candidate, NAMED)]);
  const target = ids[position] ?? 0;
  return {
    position,
    target,
    reference,
    candidate,
    names: Object.fromEntries([...named, target].map((id) => [id, tokenizer.tokenText(id)])),
  };
}

function idsOf({ tokenizer, contextLength }: Parts, text: string, most: number): number[] {
  const ids = tokenizer.encode(text).slice(0, Math.min(most, contextLength));
  if (ids.length < 2) throw new UserError("The text has no token to predict; it needs two tokens.");
  return ids;
}

/** Log-probabilities of both models after each id, in arrays that are used again for the next. */
async function* rowsOf(
  { reference, candidate, vocab }: Parts,
  ids: readonly number[],
  signal: AbortSignal,
): AsyncGenerator<readonly [at: number, reference: Float64Array, candidate: Float64Array]> {
  reference.reset();
  candidate.reset();
  const p = new Float64Array(vocab);
  const q = new Float64Array(vocab);
  for (let start = 0; start < ids.length; start += batchTokens) {
    signal.throwIfAborted();
    const batch = ids.slice(start, start + batchTokens);
    const [expected, found] = await Promise.all([reference.score(batch), candidate.score(batch)]);
    for (let row = 0; row < batch.length; row++) {
      logSoftmax(expected.subarray(row * vocab, (row + 1) * vocab), p);
      logSoftmax(found.subarray(row * vocab, (row + 1) * vocab), q);
      yield [start + row, p, q];
    }
  }
}

/** Counts pairs of log-probabilities in cells, and sums them by rank. */
export function createTally(vocab: number): {
  add(reference: Float64Array, candidate: Float64Array): void;
  result(): Pick<TextTrace, "density" | "ranks">;
} {
  const counts = new Array<number>(CELLS * CELLS).fill(0);
  const ranks = rankSteps(vocab);
  const sums = { reference: ranks.map(() => 0), candidate: ranks.map(() => 0) };
  let positions = 0;
  const cellOf = (nats: number): number =>
    Math.max(0, Math.min(CELLS - 1, Math.floor((1 - nats / LEAST_NATS) * CELLS)));
  const addRanks = (into: number[], row: Float64Array): void => {
    const sorted = row.slice().sort();
    for (const [at, rank] of ranks.entries()) into[at] = (into[at] ?? 0) + (sorted.at(-rank) ?? 0);
  };
  return {
    add(reference, candidate) {
      positions++;
      for (let id = 0; id < vocab; id++) {
        const cell = cellOf(reference[id] ?? 0) * CELLS + cellOf(candidate[id] ?? 0);
        counts[cell] = (counts[cell] ?? 0) + 1;
      }
      addRanks(sums.reference, reference);
      addRanks(sums.candidate, candidate);
    },
    result: () => ({
      density: { leastNats: LEAST_NATS, cells: CELLS, counts },
      ranks: ranks.map((rank, at) => ({
        rank,
        reference: (sums.reference[at] ?? 0) / Math.max(1, positions),
        candidate: (sums.candidate[at] ?? 0) / Math.max(1, positions),
      })),
    }),
  };
}

/** 1, 2, 3 ... a few to each doubling, and the last of the vocabulary. */
export function rankSteps(vocab: number): number[] {
  const ranks = new Set<number>();
  for (let step = 0; 2 ** (step / 3) < vocab; step++) ranks.add(Math.round(2 ** (step / 3)));
  ranks.add(vocab);
  return [...ranks].filter((rank) => rank <= vocab);
}
