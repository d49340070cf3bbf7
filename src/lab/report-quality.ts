import { z } from "zod";
import { amount, count, estimate, sha256, words } from "./report-terms.ts";

const part = z.object({
  name: words,
  tokens: count,
  kl: estimate,
  /** Candidate minus reference, nats a token. */
  nllDifference: estimate,
  top1: estimate,
});

/** What a setting costs on a text. Fields with a default are not in reports of version 1. */
export const quality = z.object({
  text: z.object({ name: words, sha256 }),
  window: z.int().positive(),
  stride: z.int().positive(),
  /** Scored, and how many the run would have scored had it not been stopped. */
  tokens: count,
  totalTokens: count,
  /** Why it scored no more: the text's end, a limit, an interval narrow enough (then `within` is the share asked for), or a stop. */
  ended: z.enum(["text", "limit", "enough", "cancelled"]).nullable().default(null),
  within: amount.nullable().default(null),
  intervals: words,
  /** Nats a token. */
  nll: z.object({ reference: estimate, candidate: estimate, difference: estimate }),
  perplexity: z.object({ reference: estimate, candidate: estimate, ratio: estimate }),
  /** Of reference || candidate, nats a token. */
  kl: z.object({
    mean: estimate,
    median: amount,
    p95: amount.nullable().default(null),
    p99: amount,
    max: amount,
  }),
  /** Mean KL of candidate || reference, and mean entropy of candidate minus reference: nats. */
  reverseKl: estimate.nullable().default(null),
  entropyDifference: estimate.nullable().default(null),
  top1: estimate,
  top5: estimate,
  bitsPerByte: z.object({ reference: amount, candidate: amount }).nullable(),
  /** The same text by tokens of context in view, and by class of the token. */
  byContext: z.array(part).max(64).nullable().default(null),
  byClass: z.array(part).max(64).nullable().default(null),
});
