import type { ModuleName } from "../engine/protocol.ts";

/** In the order in which a token passes them. */
export const MODULES = [
  "embedding",
  "norms",
  "qkv",
  "attention",
  "o",
  "gateUp",
  "down",
  "head",
  "sampling",
] as const satisfies readonly ModuleName[];

/** What belongs to each, in words. */
export const MODULE_WORDS: Readonly<Record<ModuleName, string>> = {
  embedding: "the token's row of the table",
  norms: "RMSNorm, twice a layer and once at the end",
  qkv: "query, key and value matrices",
  attention: "rotation, writing the cache, scores and their sums",
  o: "the matrix after attention",
  gateUp: "gate and up matrices and their SwiGLU product",
  down: "the matrix back from the feed-forward width",
  head: "the output matrix: a logit for each token of the vocabulary",
  sampling: "choosing the token",
};
