import { fixed, percent } from "./figures.ts";
import type { Block, Section, Words } from "./outline.ts";
import type { ReportEntry } from "./report.ts";
import { peerName, peerTimings, peerWords } from "./report-peer.ts";
import type { Timing } from "./speed.ts";

/** Cells behind the name in the table of speeds, ours as others'. */
export function speedCells(
  { promptTokens, tokens }: { readonly promptTokens: number; readonly tokens: number },
  { prefill, decode }: { readonly prefill: Timing; readonly decode: Timing },
): Words[] {
  return [
    [fixed(prefill.tokensPerSecond, 1)],
    [percent(prefill.spread)],
    [fixed(decode.tokensPerSecond, 1)],
    [percent(decode.spread)],
    [String(decode.samples)],
    [`${promptTokens} read, ${tokens} written`],
  ];
}

/** Rows of other programs under a setting's own. */
export function peerRows({ setting, peers = [] }: ReportEntry): Words[][] {
  return peers.flatMap((peer) => {
    const timings = peerTimings(peer);
    const name: Words = [{ code: setting }, `, ${peerName(peer)}`];
    return timings ? [[name, ...speedCells(peer, timings)]] : [];
  });
}

/** Whether other programs compute the same, and how. */
export function peerSection(settings: readonly ReportEntry[]): Section[] {
  const items = settings.flatMap(({ setting, peers = [] }) =>
    peers.map((peer): Words => [{ code: setting }, `, ${peerName(peer)}: ${peerWords(peer)}`]),
  );
  if (items.length === 0) return [];
  const blocks: Block[] = [{ kind: "list", items }];
  return [{ title: ["Other programs on the same weights"], blocks }];
}
