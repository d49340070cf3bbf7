import type { TokenClass } from "../model/token-class.ts";
import type { Side } from "./protocol.ts";

/** What quality is measured from: scored tokens and scored continuations; a part of the protocol. */

export interface EvaluateRequest {
  readonly text: string;
  readonly window: number;
  readonly stride: number;
  /** Stop after this many scored tokens; all when absent. */
  readonly maxTokens?: number;
}

/** One scored position. Everything the statistics in lab need, nothing more. */
export interface ScoredToken {
  readonly position: number;
  readonly target: number;
  readonly tokenClass: TokenClass;
  /** Which document of the text, from 0; a special token ends one and belongs to it. */
  readonly document: number;
  /** Tokens of the same document that both models saw before the target. */
  readonly context: number;
  readonly referenceNll: number;
  readonly candidateNll: number;
  /** KL(reference || candidate) and KL(candidate || reference). */
  readonly kl: number;
  readonly reverseKl: number;
  readonly referenceEntropy: number;
  readonly candidateEntropy: number;
  /** Most less least of the change of log-probability over the vocabulary; bounds KL and the change of loss (methods B6). */
  readonly logRange: number;
  readonly sameTop1: boolean;
  /** Shared among the likeliest five, 0..1. */
  readonly top5: number;
}

export interface EvaluateChunk {
  readonly rows: readonly ScoredToken[];
  readonly done: number;
  readonly total: number;
}

/** What the reader of a chunk wants: no answer means go on. */
export type EvaluateAnswer = "enough" | undefined;

export interface EvaluateSummary {
  readonly scoredTokens: number;
  /** UTF-8 bytes of the scored tokens' text. */
  readonly scoredBytes: number;
  /** The text's end, `maxTokens`, the answer to a chunk, or `cancel()`. */
  readonly ended: "text" | "limit" | "enough" | "cancelled";
}

/** A text and the ways in which it could go on; each begins right behind the context, its space included. */
export interface ChoiceItem {
  readonly context: string;
  readonly choices: readonly string[];
}

export interface ChoiceRequest {
  readonly sides: readonly Side[];
  readonly items: readonly ChoiceItem[];
}

/** An item's continuations, in the order of its choices. */
export interface ScoredChoices {
  /** How many of each were scored. */
  readonly tokens: readonly number[];
  /** Nats, summed over those tokens, under each side asked for. */
  readonly logLikelihood: Readonly<Partial<Record<Side, readonly number[]>>>;
}

export interface ChoiceResult {
  /** Of the items in order; fewer than asked for when cancelled. */
  readonly items: readonly ScoredChoices[];
  readonly cancelled: boolean;
}
