import { InvalidArgumentError } from "commander";
import { type BesideRow, measureBeside, type PeerResult } from "../lab/beside.ts";
import { peerName, peerPart, peerWords } from "../lab/report-peer.ts";
import { type SpeedSummary, summariseSpeed } from "../lab/speed.ts";
import type { StopRule } from "../lab/steady.ts";
import { nodeHost } from "../peer/node.ts";
import { createPeer } from "../peer/peer.ts";
import type { PeerProvider } from "../peer/protocol.ts";
import type { Context } from "./context.ts";
import { digits } from "./format.ts";
import { list } from "./options.ts";
import { noteFailedChecks, type Session } from "./session.ts";

interface Wanted {
  readonly settings: readonly string[];
  readonly peerOn: readonly PeerProvider[];
  readonly promptTokens: number;
  readonly tokens: number;
}

/** Commander's parser for --peer-on. */
export function peerProviders(text: string): PeerProvider[] {
  return list(text).map((name) => {
    if (name !== "webgpu" && name !== "cpu") {
      throw new InvalidArgumentError(`The peer computes on webgpu or cpu here, not on "${name}".`);
    }
    return name;
  });
}

/** Ours and the peer's in turns, on the driver that ours has opened already. */
export async function besidePeer(
  { terminal, signal }: Context,
  { engine, model }: Session,
  { settings, peerOn, ...speed }: Wanted,
  rule: StopRule,
): Promise<BesideRow[]> {
  const peer = createPeer(nodeHost);
  const cancel = (): void => void peer.cancel();
  signal.addEventListener("abort", cancel);
  const request = { model, settings, providers: peerOn, speed, rule };
  try {
    return await measureBeside(engine, peer, request, {
      signal,
      onProgress: (fraction, note) => terminal.progress({ phase: "measure", fraction, note }),
      onState: (state) => noteFailedChecks(terminal, state),
      onLack: (sentence) => terminal.note(sentence),
    });
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** As a field of a row of `bench --json`. */
export function peersJson(peers: readonly PeerResult[]): object[] {
  return peers.map(({ sample, ...peer }) => {
    const { prefill, decode } = summariseSpeed(sample);
    return { name: "onnxruntime", ...peer, prefill, decode };
  });
}

/** Whether the peer computes the same, and who is how much faster. */
export function peerSentences(
  setting: string,
  speed: SpeedSummary,
  peers: readonly PeerResult[],
): string[] {
  return peers.map((result) => {
    const theirs = summariseSpeed(result.sample);
    const ratio = (what: "prefill" | "decode"): string =>
      digits(theirs[what].medianMs / speed[what].medianMs);
    const peer = peerPart(result);
    return `${setting}, ${peerName(peer)}: ${peerWords(peer)} Bitdial's speed is ${ratio("prefill")} times that in prefill, ${ratio("decode")} times in decode.`;
  });
}
