import type { FormatSpeed, FormatsBench } from "./formats.ts";

export function formatsDocument(results: readonly FormatsBench[]): string {
  const [first] = results;
  return `# Speed of every format

\`npm run bench -- --formats\` wrote this on ${first?.time.slice(0, 10)}, ${first?.machine}.

**Software adapters say what a CPU driver likes, not how fast a GPU is**; [isa.md](isa.md) counts what a GPU would execute.

- One matrix of 1024 x 1024, for one token (matvec) and for 64 (matmul); times are of the kernel alone, medians of samples
  that take turns with those of int4-g32: **of int4-g32** is the median ratio of such pairs, above 1 is slower.
- **times as fast as ONNX Runtime** is its MatMulNBits with int4 codes in groups of 32, WebGPU provider, 64 tokens, in the
  same process and the same turns, over the format's own time, whatever the format's bits.
- Every kernel was held against the CPU before it was timed.

${results.map(section).join("\n")}`;
}

function section({ adapter, load, matvec, matmul }: FormatsBench): string {
  const [before, after] = load.map((share) => share.toFixed(1));
  const batched = new Map(matmul.map((row) => [row.format, row]));
  const lines = matvec.map((row) => line(row, batched.get(row.format)));
  return `## ${adapter}

Load average ${before} before and ${after} after.

| ${TITLES.join(" | ")} |
| ${TITLES.map(() => "---").join(" | ")} |
${lines.join("\n")}
`;
}

const TITLES = [
  "format",
  "bits a weight",
  "matvec, ms",
  "of int4-g32",
  "variant",
  "matmul, ms",
  "of int4-g32",
  "variant",
  "times as fast as ONNX Runtime",
];

function line(one: FormatSpeed, many: FormatSpeed | undefined): string {
  const cells = [
    one.format,
    one.bits.toFixed(3),
    one.ms.toPrecision(3),
    `${one.ofInt4.toFixed(2)}x`,
    one.variant,
    many?.ms.toPrecision(3) ?? "",
    many ? `${many.ofInt4.toFixed(2)}x` : "",
    many?.variant ?? "",
    many?.asFastAsPeer === undefined ? "" : `${many.asFastAsPeer.toFixed(2)}x`,
  ];
  return `| ${cells.join(" | ")} |`;
}
