import { fixedIds } from "../lib/fixed-ids.ts";
import type { ModelConfig } from "./config.ts";

export interface SpeedRun {
  readonly prompt: readonly number[];
  /** To write behind it. */
  readonly tokens: number;
}

/** Positions kept for writing: what one submit writes. */
const LEAST_ROOM = 8;

/**
 * What is read and written where speed is measured: a fixed run of ids, so that every setting, and every other program,
 * reads the same. Lengths that the context has no room for are cut.
 */
export function speedRun(
  { contextLength, vocabSize }: Pick<ModelConfig, "contextLength" | "vocabSize">,
  wanted: { readonly promptTokens: number; readonly tokens: number },
): SpeedRun {
  const promptTokens = Math.max(1, Math.min(wanted.promptTokens, contextLength - LEAST_ROOM));
  return {
    prompt: fixedIds(promptTokens, vocabSize),
    tokens: Math.max(1, Math.min(wanted.tokens, contextLength - promptTokens)),
  };
}
