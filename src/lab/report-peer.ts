import { z } from "zod";
import type { PeerResult } from "./beside.ts";
import { percent, significant } from "./figures.ts";
import { amount, count, words } from "./report-terms.ts";
import { type Timing, timing } from "./speed.ts";

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

export function peerPart({ sample, agreement, ...peer }: PeerResult): ReportPeer {
  const { provider, version, attention, fusedDifference } = peer;
  return {
    program: "ONNX Runtime",
    version,
    provider,
    attention,
    agreement: { ...agreement },
    fusedDifference,
    promptTokens: sample.promptTokens,
    tokens: sample.tokens,
    warmups: sample.warmups,
    prefillMs: [...sample.prefillMs],
    decodeMs: [...sample.decodeMs],
  };
}

export function peerName({ program, version, provider }: ReportPeer): string {
  return `${program} ${version}, ${provider}`;
}

/** How its logits compare with ours. */
export function peerWords({ agreement, attention, fusedDifference }: ReportPeer): string {
  const { maxDifference, positions, sameTop1 } = agreement;
  const same =
    sameTop1 === 1
      ? "the same first choice throughout"
      : `the same first choice in ${percent(sameTop1)}`;
  const words = `logits within ${significant(maxDifference)} of ours over ${positions} positions, ${same}; `;
  if (attention === "fused") return `${words}attention in one operator.`;
  const reason =
    fusedDifference === null
      ? ""
      : `, since in one operator its logits are off by ${significant(fusedDifference)} here`;
  return `${words}attention in several operators${reason}.`;
}

/** Null where a report has no repeats. */
export function peerTimings(peer: ReportPeer): { prefill: Timing; decode: Timing } | null {
  if (peer.prefillMs.length === 0 || peer.decodeMs.length === 0) return null;
  return { prefill: timing(peer.prefillMs, peer.promptTokens), decode: timing(peer.decodeMs, 1) };
}
