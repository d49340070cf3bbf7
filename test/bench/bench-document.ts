import type { Timing } from "../../src/lab/speed.ts";
import type { AdapterBench } from "./bench.ts";
import type { ComparedKernel } from "./compare.ts";
import type { ModelSpeed } from "./model-speed.ts";

export function benchDocument(results: readonly AdapterBench[]): string {
  const [first] = results;
  const versions = Object.entries(first?.versions ?? {}).map(([name, word]) => `${name} ${word}`);
  return `# Speed, and how it compares

\`npm run bench\` wrote this on ${first?.time.slice(0, 10)}: ${versions.join(", ")}, ${first?.machine}.

${results.some(({ software }) => software) ? `${SOFTWARE}\n\n` : ""}${HOW}

${results.map(section).join("\n")}`;
}

const SOFTWARE = `**Software adapters say what a CPU driver likes, not how fast a GPU is.** They show that a kernel does not waste work and
how two programs compare on the same driver, no more; \`npm run isa\` counts what a GPU would execute. Figures of a
machine that others use too vary from run to run, times far more than ratios: the two programs take turns.`;

const HOW = `- **kernel**: one run of the kernel alone, from the slope between N and 2 N runs in one submit; the peer's from two models
  of N and 2 N equal nodes in a row, in one session run each. **call**: numbers in, one run, numbers out.
- Times are medians (p10 to p90); **times as fast** is the ratio of the medians (and of the p10, which other programs on
  the machine disturb least). **GB/s** counts weights with scales and positions, activations and results;
  **GFLOP/s** a multiplication and an addition for every weight and token, those of pruned weights included.
- Before anything is timed, our result is held against the CPU reference, and the peer's against ours: both compute with
  the same codes and scales. The peer is ONNX Runtime's WebGPU provider in the same process, on the same driver.`;

function section({ adapter, load, kernels, model, peerFault }: AdapterBench): string {
  const [before, after] = load.map((share) => share.toFixed(1));
  return `## ${adapter}

Load average ${before} before and ${after} after: anything much above 0 before, or above the number of processors
after, is other programs that this one had to share with.

${kernelTable(kernels)}
${peerFault === undefined ? "" : `\nWithout the peer: ${peerFault}\n`}
${modelTable(model)}
`;
}

function kernelTable(rows: readonly ComparedKernel[]): string {
  const cells = rows.map(({ format, shape, variant, kernel, call, gbPerSecond, gflops, peer }) => [
    format,
    shape,
    variant,
    range(kernel),
    gbPerSecond.toFixed(2),
    gflops.toFixed(1),
    peer ? `${peer.op} ${range(peer.kernel)}` : "",
    peer ? ratio(peer.kernel, kernel) : "",
    range(call),
    peer ? range(peer.call) : "",
    peer ? ratio(peer.call, call) : "",
  ]);
  return table(KERNEL_TITLES, cells);
}

const KERNEL_TITLES = [
  "format",
  "tokens x outputs x inputs",
  "variant",
  "kernel, ms",
  "GB/s",
  "GFLOP/s",
  "peer's, ms",
  "times as fast",
  "call, ms",
  "peer's, ms",
  "times as fast",
];

function modelTable(rows: readonly ModelSpeed[]): string {
  const cells = rows.map(({ setting, speed: { prefill, decode }, dispatchesPerToken }) => [
    setting,
    decode.tokensPerSecond.toFixed(0),
    range(decode),
    prefill.tokensPerSecond.toFixed(0),
    range(prefill),
    String(dispatchesPerToken),
    String(decode.samples),
  ]);
  const [first] = rows;
  const { promptTokens = 0, tokens = 0 } = first?.speed ?? {};
  return `The embedded model (${first?.model}), ${promptTokens} tokens of prompt and ${tokens} written after it:

${table(MODEL_TITLES, cells)}`;
}

const MODEL_TITLES = [
  "setting",
  "decode, tokens/s",
  "a token, ms",
  "prefill, tokens/s",
  "the prompt, ms",
  "dispatches a token",
  "samples",
];

function table(titles: readonly string[], cells: readonly (readonly string[])[]): string {
  const line = (words: readonly string[]): string => `| ${words.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...cells.map(line)].join("\n");
}

function digits(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}

/** Median and how far the samples lie apart. */
function range({ medianMs, p10Ms, p90Ms }: Timing): string {
  return `${digits(medianMs)} (${digits(p10Ms)} to ${digits(p90Ms)})`;
}

function ratio(theirs: Timing, ours: Timing): string {
  const p10 = theirs.p10Ms / ours.p10Ms;
  return `**${(theirs.medianMs / ours.medianMs).toFixed(1)}x** (${p10.toFixed(1)}x)`;
}
