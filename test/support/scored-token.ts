import type { ScoredToken } from "../../src/engine/protocol.ts";

/** A token on which both sides agree, but for what is given. */
export function scoredToken(part: Partial<ScoredToken> = {}): ScoredToken {
  return {
    position: 1,
    target: 7,
    tokenClass: "word",
    document: 0,
    context: 0,
    referenceNll: 1,
    candidateNll: 1,
    kl: 0,
    reverseKl: 0,
    referenceEntropy: 1,
    candidateEntropy: 1,
    logRange: 0,
    sameTop1: true,
    top5: 1,
    ...part,
  };
}
