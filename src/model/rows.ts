import type { ModelConfig } from "./config.ts";

/** Tokens of a batch at most. */
export const batchTokens = 16;

/** Activations by role; [tokens][stride] f32, the tail beyond the width is zero. */
export type ActivationName =
  | "hidden"
  | "normed"
  | "qkv"
  | "attended"
  | "gateUp"
  | "mixed"
  | "branch"
  | "last"
  | "logits";

/** Floats of an activation row, by role: padded to 64, because a 2:4 block spans 64 inputs. */
export function activationWidths(config: ModelConfig): Readonly<Record<ActivationName, number>> {
  const { heads, kvHeads, headDim, hiddenSize, intermediateSize, vocabSize, gated } = config;
  const pad = (width: number): number => Math.ceil(width / 64) * 64;
  return {
    hidden: pad(hiddenSize),
    normed: pad(hiddenSize),
    qkv: pad((heads + 2 * kvHeads) * headDim),
    attended: pad(heads * headDim),
    gateUp: pad((gated ? 2 : 1) * quadRows(intermediateSize)),
    mixed: pad(intermediateSize),
    branch: pad(hiddenSize),
    last: pad(hiddenSize),
    logits: pad(vocabSize),
  };
}

/** Rows as the kernels write them: in fours. */
export function quadRows(rows: number): number {
  return Math.ceil(rows / 4) * 4;
}
