import type { PeerResult } from "./beside.ts";
import { percent, significant } from "./figures.ts";
import type { ReportPeer } from "./report-peer.ts";
import { type Timing, timing } from "./speed.ts";

// Apart from the schema, which the page fetches only with a report.

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
