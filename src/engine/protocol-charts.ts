import type { MatrixName } from "../quant/overrides.ts";
import type { Side } from "./protocol.ts";

/** What the calls behind the charts are asked and answer; a part of the protocol. */

/** Speed against the length of the text so far, and against the length of the prompt. */
export interface CurveRequest {
  readonly side: Side;
  /** Tokens already in the cache when the timed ones are written. */
  readonly positions: readonly number[];
  /** Lengths of prompts. */
  readonly promptTokens: readonly number[];
  /** Visits of every point, all points in turns. */
  readonly repeats: number;
  /** Visits before them that do not count, 1 when absent. */
  readonly warmups?: number;
}

export interface CurveSample {
  readonly byPosition: readonly {
    readonly position: number;
    /** Per token, the mean over the tokens of one submit that begins at `position`. */
    readonly decodeMs: readonly number[];
  }[];
  readonly prefillByTokens: readonly {
    readonly tokens: number;
    /** Of the whole prompt, from the call to the id of the first token on the CPU. */
    readonly prefillMs: readonly number[];
  }[];
  readonly warmups: number;
}

export interface TraceRequest {
  readonly text: string;
  /** From the start of the text; no more than the context holds. */
  readonly maxTokens: number;
}

/** A token of a text and how the models saw it coming; the first one nobody predicted. */
export interface TokenTrace {
  readonly id: number;
  readonly text: string;
  readonly scored: {
    readonly kl: number;
    readonly referenceNll: number;
    readonly candidateNll: number;
  } | null;
}

export interface TextTrace {
  readonly tokens: readonly TokenTrace[];
  /** How often a token of the vocabulary had such log-probabilities, over all positions: counts [reference cell][candidate cell]. */
  readonly density: {
    /** Cells are of equal width from here to 0; what is less likely is in the first. */
    readonly leastNats: number;
    readonly cells: number;
    readonly counts: readonly number[];
  };
  /** Mean log-probability, over all positions, of the token of each rank (1 is each side's own likeliest). */
  readonly ranks: readonly {
    readonly rank: number;
    readonly reference: number;
    readonly candidate: number;
  }[];
}

export interface DistributionRequest {
  readonly text: string;
  /** Tokens before the one that is predicted. */
  readonly position: number;
}

/** What both models expect at one place of a text. */
export interface NextToken {
  readonly position: number;
  /** What stands there. */
  readonly target: number;
  /** Log-probabilities by token id, [vocab]. */
  readonly reference: Float32Array;
  readonly candidate: Float32Array;
  /** Text of the likeliest of both sides and of the target, by id. */
  readonly names: Readonly<Record<number, string>>;
}

/** What the candidate's setting does to one matrix. */
export interface LayerError {
  /** Null for the head. */
  readonly layer: number | null;
  readonly matrix: MatrixName | "head";
  readonly format: string;
  /** Power of the weights over that of their rounding; null where nothing is rounded. */
  readonly snrDb: number | null;
  /** |output - master's output| / |master's output| on the text, both with the master's input, activations rounded as the setting says. */
  readonly outputError: number;
}

export interface LayerErrors {
  readonly setting: string;
  readonly tokens: number;
  readonly cells: readonly LayerError[];
}
