import { UserError } from "../lib/assert.ts";
import { compareRows, likeliest, logSoftmax } from "../model/distribution.ts";
import type { StreamDecoder, Tokenizer } from "../model/tokenizer.ts";
import type {
  GenerateEvent,
  GenerateRequest,
  GenerateResult,
  Side,
  SideResult,
  StopReason,
  TokenChoice,
  TokenComparison,
} from "./protocol.ts";
import type { Runner } from "./runner.ts";
import { writeSampling } from "./sampling.ts";
import type { Session } from "./session.ts";
import { maxTokensPerSubmit } from "./stream.ts";

/** What a generation needs of the engine. */
export interface GenerateParts {
  runner(side: Side): Runner;
  /** The reference on a cache of its own, for reading the candidate's text. */
  readonly shadow: Runner;
  readonly tokenizer: Tokenizer;
  readonly stopIds: readonly number[];
  readonly vocab: number;
  readonly contextLength: number;
  /** Writes the sampler's settings and marks the prompt's tokens as seen. */
  prepare(runner: Runner, request: GenerateRequest, prompt: readonly number[]): void;
  cancelled(): boolean;
}

/** On a session's sides, until `signal` says stop. */
export async function generateIn(
  session: Session,
  request: GenerateRequest,
  onEvent: (event: GenerateEvent) => void,
  signal: AbortSignal,
): Promise<GenerateResult> {
  const { config, tokenizer, turnEnd } = session.loaded;
  const ends = request.conversation && turnEnd !== null ? [turnEnd] : [];
  const parts: GenerateParts = {
    runner: (side) => session.runner(side),
    get shadow() {
      return session.runner("shadow");
    },
    tokenizer,
    stopIds: [...config.eosIds, ...ends],
    vocab: config.vocabSize,
    contextLength: config.contextLength,
    prepare: (runner, { sampling }, prompt) =>
      writeSampling(session.shared, runner.stream, sampling, prompt),
    cancelled: () => signal.aborted,
  };
  return await generate(parts, request, onEvent);
}

interface Writer {
  readonly side: Side;
  readonly runner: Runner;
  readonly ids: number[];
  readonly decoder: StreamDecoder;
  /** Tokens of the prompt that stand in the cache already. */
  readonly recalled: number;
  readonly msPerToken: number[];
  text: string;
  prefillMs: number;
  stop: StopReason | null;
}

const likeliestShown = 10;

/**
 * Both sides write from one prompt, submit by submit in turns, so that neither has the device to itself. With `compare`, the reference
 * reads what the candidate has written and says what it would have expected at every token.
 */
async function generate(
  parts: GenerateParts,
  request: GenerateRequest,
  onEvent: (event: GenerateEvent) => void,
): Promise<GenerateResult> {
  const prompt = parts.tokenizer.encode(request.prompt, request.conversation);
  if (prompt.length === 0)
    throw new UserError(
      "The prompt is empty and this model has no token to begin with; write something.",
    );
  if (prompt.length >= parts.contextLength) {
    throw new UserError(
      `The prompt has ${prompt.length} tokens, but this model's context holds ${parts.contextLength}; shorten the prompt.`,
    );
  }
  const limit = Math.min(request.maxTokens, parts.contextLength - prompt.length);
  const perSubmit = Math.max(1, Math.min(request.tokensPerSubmit ?? 8, maxTokensPerSubmit));
  const compare = request.compare && request.sides.includes("candidate");

  const writers = request.sides.map((side): Writer => {
    const runner = parts.runner(side);
    runner.reset();
    // A conversation says again what was said before. Elsewhere the time of reading a prompt is a figure.
    const recalled = request.conversation ? runner.recall(prompt) : 0;
    parts.prepare(runner, request, prompt);
    return {
      side,
      runner,
      ids: [],
      recalled,
      decoder: parts.tokenizer.createDecoder(prompt),
      msPerToken: [],
      text: "",
      prefillMs: 0,
      stop: limit <= 0 ? "context" : null,
    };
  });
  const reader = compare ? createReader(parts, prompt) : null;

  while (writers.some((writer) => writer.stop === null)) {
    for (const writer of writers) {
      if (writer.stop !== null) continue;
      if (parts.cancelled()) {
        writer.stop = "cancelled";
        continue;
      }
      const count = Math.min(perSubmit, limit - writer.ids.length);
      const rows = await advance(
        parts,
        writer,
        prompt,
        count,
        reader !== null && writer.side === "candidate",
        onEvent,
      );
      if (reader && rows) await reader.read(rows.ids, rows.logits, onEvent);
      if (writer.stop === null && writer.ids.length >= limit) {
        writer.stop = limit < request.maxTokens ? "context" : "length";
      }
    }
  }
  const sides = writers.map((writer) => finish(writer, prompt));
  return { sides, partsAt: firstDifference(sides) };
}

/** One submit of one side: samples up to `count` tokens and reports them. */
async function advance(
  parts: GenerateParts,
  writer: Writer,
  prompt: readonly number[],
  count: number,
  wantLogits: boolean,
  onEvent: (event: GenerateEvent) => void,
): Promise<{ ids: number[]; logits: Float32Array } | null> {
  const { runner, side } = writer;
  const start = writer.ids.length;
  const begun = performance.now();
  if (start === 0) {
    // The prompt's own submit samples one token, so that prefill and decode are timed apart.
    const first = await runner.generate(prompt.slice(writer.recalled), 1, wantLogits);
    writer.prefillMs = performance.now() - begun;
    onEvent({
      kind: "prompt",
      side,
      tokens: prompt,
      texts: prompt.map((id) => parts.tokenizer.tokenText(id)),
      prefillMs: writer.prefillMs,
    });
    return accept(parts, writer, first, onEvent);
  }
  const next = await runner.generate([], count, wantLogits);
  writer.msPerToken.push((performance.now() - begun) / count);
  return accept(parts, writer, next, onEvent);
}

function accept(
  parts: GenerateParts,
  writer: Writer,
  sampled: { ids: number[]; logits: Float32Array | null },
  onEvent: (event: GenerateEvent) => void,
): { ids: number[]; logits: Float32Array } | null {
  const start = writer.ids.length;
  const end = sampled.ids.findIndex((id) => parts.stopIds.includes(id));
  const ids = end < 0 ? sampled.ids : sampled.ids.slice(0, end + 1);
  const texts = ids.map((id) => (parts.stopIds.includes(id) ? "" : writer.decoder.push(id)));
  writer.ids.push(...ids);
  writer.text += texts.join("");
  if (end >= 0) writer.stop = "stop";
  const elapsedMs = writer.msPerToken.at(-1) ?? writer.prefillMs;
  onEvent({
    kind: "tokens",
    side: writer.side,
    start,
    ids,
    texts,
    elapsedMs: elapsedMs * (start === 0 ? 1 : ids.length),
  });
  return sampled.logits ? { ids, logits: sampled.logits } : null;
}

/** The reference reading along: it has seen everything but the newest token, whose row is still to come. */
function createReader(parts: GenerateParts, prompt: readonly number[]) {
  const { shadow, vocab } = parts;
  shadow.reset();
  shadow.feed(prompt.slice(0, -1));
  let pending = prompt.at(-1) ?? 0;
  let start = 0;
  const p = new Float64Array(vocab);
  const q = new Float64Array(vocab);
  const choices = (row: Float64Array): TokenChoice[] =>
    likeliest(row, likeliestShown).map((id) => ({
      id,
      text: parts.tokenizer.tokenText(id),
      probability: Math.exp(row[id] ?? -Infinity),
    }));
  return {
    async read(
      ids: readonly number[],
      logits: Float32Array,
      onEvent: (event: GenerateEvent) => void,
    ): Promise<void> {
      const expected = await shadow.score([pending, ...ids.slice(0, -1)]);
      const rows = ids.map((id, row): TokenComparison => {
        logSoftmax(expected.subarray(row * vocab, (row + 1) * vocab), p);
        logSoftmax(logits.subarray(row * vocab, (row + 1) * vocab), q);
        const { kl, referenceEntropy, candidateEntropy } = compareRows(p, q);
        return {
          kl,
          referenceEntropy,
          candidateEntropy,
          reference: choices(p),
          candidate: choices(q),
          chosen: {
            reference: Math.exp(p[id] ?? -Infinity),
            candidate: Math.exp(q[id] ?? -Infinity),
          },
        };
      });
      onEvent({ kind: "comparison", start, rows });
      start += ids.length;
      pending = ids.at(-1) ?? pending;
    },
  };
}

function finish(writer: Writer, prompt: readonly number[]): SideResult {
  const sorted = [...writer.msPerToken].sort((a, b) => a - b);
  const decodeMsPerToken = sorted[sorted.length >> 1] ?? 0;
  return {
    side: writer.side,
    promptTokens: prompt,
    readTokens: prompt.length - writer.recalled,
    tokens: writer.ids,
    text: writer.text + writer.decoder.flush(),
    stop: writer.stop ?? "cancelled",
    prefillMs: writer.prefillMs,
    decodeMsPerToken,
    tokensPerSecond: decodeMsPerToken > 0 ? 1000 / decodeMsPerToken : 0,
  };
}

function firstDifference(sides: readonly SideResult[]): number | null {
  const [a, b] = sides;
  if (!a || !b) return null;
  const length = Math.max(a.tokens.length, b.tokens.length);
  for (let i = 0; i < length; i++) if (a.tokens[i] !== b.tokens[i]) return i;
  return null;
}
