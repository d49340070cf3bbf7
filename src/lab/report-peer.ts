import { z } from "zod";
import { amount, count, words } from "./report-terms.ts";

/** Another program on the same weights and device: how far its logits lie from ours, and its repeats. */
export const peer = z.object({
  program: words,
  version: words,
  /** What it computed on: "webgpu", "wasm", "cpu". */
  provider: words,
  attention: z.enum(["fused", "plain"]),
  agreement: z.object({
    positions: count,
    together: count,
    maxDifference: amount,
    sameTop1: z.number().min(0).max(1),
  }),
  /** Of its attention in one operator, where that gave other logits and was not taken. */
  fusedDifference: amount.nullable(),
  promptTokens: count,
  tokens: count,
  warmups: count,
  prefillMs: z.array(amount),
  decodeMs: z.array(amount),
});

export type ReportPeer = z.infer<typeof peer>;
