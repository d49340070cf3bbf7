import type { IsaRow } from "./isa.ts";
import { costsTable, formatCosts } from "./isa-formats.ts";

const TARGET = 3;
const AIM = 2;
/** Instructions a weight that any format may take beyond the judged one. */
const BEYOND = 2;
const JUDGED = "matvec/int4-g32/";

const TITLES = [
  "kernel",
  "vector",
  "scalar",
  "loads, bytes",
  "VGPRs",
  "SGPRs",
  "spills",
  "LDS bytes",
  "waves",
  "lanes",
  "code bytes",
];

export function isaDocument(rows: readonly IsaRow[], chip: string): string {
  const ours = rows.filter(({ peer }) => !peer);
  const sections: [string, readonly IsaRow[]][] = [
    [
      "One token, f32 sums",
      ours.filter(({ label }) => /^matvec\/[^/]*\/[^/]*$/.test(label) && !isInteger(label)),
    ],
    [
      "One token, integer activations",
      ours.filter(({ label }) => /^matvec/.test(label) && isInteger(label)),
    ],
    ["Batches, f32 sums", ours.filter(({ label }) => /^matmul/.test(label) && !isInteger(label))],
    [
      "Batches, integer activations",
      ours.filter(({ label }) => /^matmul/.test(label) && isInteger(label)),
    ],
    ["ONNX Runtime's, for comparison (1024 x 1024)", rows.filter(({ peer }) => peer)],
  ];
  return `# What a GPU would execute

\`npm run isa\` compiles every matrix kernel with Mesa's RADV for ${chip}, which need not be there, and reads the machine
code. Nothing is run: these are counts, not times.

${isaVerdict(rows)
  .split("\n")
  .map((line) => `- ${line}`)
  .join("\n")}

How to read it:

- **vector**, **scalar**: instructions for one weight and one token, in the innermost loop that multiplies, plus that
  loop's share of the loops around it up to the one over units (a unit is a block of 32 kept weights, or 16 bytes of
  floats, in each of a lane's four rows). So a batch kernel's number includes decoding a weight once for its whole tile,
  and 2:4 counts the weights it keeps. A unit is ${"`"}4 x 32${"`"} weights in int formats, ${"`"}4 x 128 / bits${"`"} in float formats.
- **loads**: bytes of each load through vector registers in those loops: weights, scales, and activations unless they
  are uniform, which the scalar unit loads.
- **spills**: registers that did not fit, and scratch bytes. **waves**: how many share a SIMD, by registers and LDS.
- **lanes**: of a workgroup, and of a wave. Where the workgroup is smaller, the wave's other lanes idle; a driver is free
  to choose smaller waves, and newer ones do.
- The peer's rows count its hot loop alone, without what it does around it.

## Formats

The first choice of each for one token with f32 sums. A kernel is bound by instructions where it has more for a weight than
an RX 6800 XT (72 x 64 lanes, 2.25 GHz, 512 GB/s) starts while the weight's bytes arrive: fewer bits leave less to hide behind.
Reads of workgroup memory are no vector instructions; a table's level takes one.

${costsTable(formatCosts(rows))}

${sections.map(([title, some]) => `## ${title}\n\n${table(some)}`).join("\n\n")}
`;
}

/** A line for each target: no spills, few instructions, wide loads. */
export function isaVerdict(rows: readonly IsaRow[]): string {
  const ours = rows.filter(({ peer }) => !peer);
  const spilled = ours.filter(({ spills }) => spills > 0).map(({ label }) => label);
  const judged = ours.filter(({ label }) => label.startsWith(JUDGED));
  const [first] = judged;
  const least = Math.min(...judged.map(({ vector }) => vector));
  const weightLoads =
    first?.loads
      .slice()
      .sort((a, b) => b - a)
      .slice(0, 4) ?? [];
  const wide = weightLoads.length === 4 && weightLoads.every((bytes) => bytes === 16);
  const costs = formatCosts(rows);
  const most = (first?.vector ?? 0) + BEYOND;
  const beyond = costs.filter(({ vector }) => vector > most);
  const named = beyond.map(({ format, vector }) => `${format} ${vector.toFixed(2)}`);
  const slowed = beyond.filter(({ vector, hidden }) => vector > hidden);
  return [
    `No spills: ${spilled.length === 0 ? `yes, in ${ours.length} kernels` : `no, ${spilled.join(", ")}`}.`,
    `int4-g32 matvec at most ${TARGET} vector instructions a weight (aim ${AIM}): ` +
      `${first && first.vector <= TARGET ? "yes" : "no"}, ${first?.vector.toFixed(2)} in ${first?.label}` +
      `${first && least < first.vector ? ` and ${least.toFixed(2)} at best` : ""}.`,
    `int4-g32 matvec loads weights 16 bytes at a time: ${wide ? "yes" : "no"}.`,
    `At most ${BEYOND} vector instructions a weight more than that, ${most.toFixed(2)}: ${costs.length - beyond.length} of ` +
      `${costs.length} formats${named.length > 0 ? `, not ${named.join(", ")}` : ""}.`,
    `Of those with more, instructions outlast the weight's bytes in: ${slowed.map(({ format }) => format).join(", ") || "none"}.`,
  ].join("\n");
}

function isInteger(label: string): boolean {
  return /\+(dp4a|bitserial|lut)/.test(label);
}

function table(rows: readonly IsaRow[]): string {
  const cells = rows.map((row) => [
    row.label,
    row.vector.toFixed(2),
    row.scalar.toFixed(2),
    runs(row.loads),
    row.vgprs,
    row.sgprs,
    row.spills,
    row.ldsBytes,
    row.waves,
    row.lanes === 0 ? `of ${row.waveSize}` : `${row.lanes} of ${row.waveSize}`,
    row.codeBytes,
  ]);
  const line = (words: readonly (string | number)[]): string => `| ${words.join(" | ")} |`;
  const rule = TITLES.map((title) => (/^(kernel|loads|lanes)/.test(title) ? "---" : "--:"));
  return [line(TITLES), line(rule), ...cells.map(line)].join("\n");
}

/** "4 x 16, 8" */
function runs(loads: readonly number[]): string {
  const counts = new Map<number, number>();
  for (const bytes of loads) counts.set(bytes, (counts.get(bytes) ?? 0) + 1);
  const words = [...counts].map(([bytes, times]) =>
    times > 1 ? `${times} x ${bytes}` : `${bytes}`,
  );
  return words.join(", ") || "none";
}
