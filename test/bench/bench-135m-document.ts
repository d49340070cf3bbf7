import type { Timing } from "../../src/lab/speed.ts";
import { median } from "../../src/lib/stats.ts";
import type { BigModelBench } from "./bench-135m.ts";

export function bigModelDocument(bench: BigModelBench): string {
  const { ours, peer, agreement, load, positions } = bench;
  const versions = Object.entries(bench.versions).map(([name, word]) => `${name} ${word}`);
  const [near, far] = positions;
  const farther = median(far?.decodeMs ?? []) / median(near?.decodeMs ?? []);
  return `# A model of ${(bench.parameters / 1e6).toFixed(0)} million parameters, beside ONNX Runtime

\`npm run bench:135m\` wrote this on ${bench.time.slice(0, 10)}: ${versions.join(", ")}, ${bench.machine}, ${bench.adapter}.
Load average ${load[0].toFixed(1)} before and ${load[1].toFixed(1)} after: anything much above 0 before, or above the number of processors
after, is other programs that this one had to share with.
${bench.software ? "\n**A software adapter says what a CPU driver likes, not how fast a GPU is.**\n" : ""}
${bench.model} under ${bench.setting}, the same codes in both programs, on the same adapter, in one process, in turns. Times are medians
(p10 to p90) of ${ours.decode.samples} runs after a warm-up, from the call to the ids on the CPU.

| | Bitdial | ONNX Runtime, WebGPU | times as fast |
|---|---|---|---|
| prompt of ${ours.promptTokens} tokens, ms | ${range(ours.prefill)} | ${range(peer.prefill)} | **${ratio(peer.prefill, ours.prefill)}** |
| one token, ms (${ours.tokens - 1} in a row) | ${range(ours.decode)} | ${range(peer.decode)} | **${ratio(peer.decode, ours.decode)}** |
| tokens a second | ${ours.decode.tokensPerSecond.toFixed(1)} | ${peer.decode.tokensPerSecond.toFixed(1)} | |

Their logits lie ${agreement.maxDifference.toExponential(1)} apart at most on ${agreement.positions} positions, of which ${(100 * agreement.sameTop1).toFixed(0)} % have the same likeliest token.
ONNX Runtime's attention is that of products and softmax as operators of their own; [why](../src/peer/README.md).

| tokens in the cache | ms a token, median | visits |
|---|---|---|
${positions.map(({ position, decodeMs }) => `| ${position} | ${median(decodeMs).toFixed(1)} | ${decodeMs.map((ms) => ms.toFixed(1)).join(", ")} |`).join("\n")}

A token behind ${far?.position} others takes ${farther.toFixed(2)} times as long as one behind ${near?.position}.
`;
}

function range({ medianMs, p10Ms, p90Ms }: Timing): string {
  return `${medianMs.toFixed(1)} (${p10Ms.toFixed(1)} to ${p90Ms.toFixed(1)})`;
}

function ratio(theirs: Timing, ours: Timing): string {
  return `${(theirs.medianMs / ours.medianMs).toFixed(2)}`;
}
