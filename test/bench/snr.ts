import { tensorBytes } from "../../src/quant/pack.ts";
import { findFormat, formats } from "../../src/quant/registry.ts";
import {
  measureSnr,
  SNR_GROUPS,
  SNR_TOLERANCE,
  snrColumns,
  snrFormat,
  snrReference,
} from "../support/snr.ts";

/** Every row of the registry with every method, in its order, and what else there are figures for. */
function names(): readonly string[] {
  const own = formats.flatMap(({ id, methods }) =>
    methods.map((method) => (method === "rtn" ? id : `${id}@${method}`)),
  );
  return [...new Set([...own, ...Object.keys(snrReference)])].filter((name) => name !== "f32");
}

/** Bits of a weight in a 4096 x 4096 matrix, groups of 32 where there is a choice. */
function bitsPerWeight(name: string): number {
  const { weights, scales, positions } = tensorBytes(snrFormat(name, 32), 4096, 4096, "packed");
  return (8 * (weights + scales + positions)) / 4096 ** 2;
}

/** Ids name rows, except where settings call two of them alike. */
function shownName(name: string): string {
  const row = findFormat(name);
  return row?.stem ? row.label : name;
}

/** docs/snr.md */
export function snrDocument(): string {
  const rows = names().map((name) => {
    const reference = snrReference[name];
    const cells = snrColumns.map((column, i) => {
      const found = measureSnr(name, column).toFixed(2);
      return reference ? `${found} (${reference[i]?.toFixed(1)})` : found;
    });
    return `| ${shownName(name)} | ${bitsPerWeight(name).toFixed(3)} | ${cells.join(" | ")} |`;
  });
  return `# What a format keeps of a weight

\`npm run snr\` quantises ${SNR_GROUPS} groups of independent normal and of Laplace weights with every format of the registry and
writes 10 log10(Σ w² / Σ (w - ŵ)²) in decibels; six more halve the error. In brackets stands what was computed apart from this
program; a test holds those rows to within ${SNR_TOLERANCE} dB. Formats with a group of their own have it in every column.

- Rows of real models lie between the two kinds of weights. How much an error matters to a model's output this does not say.
- **bits**: of a weight in a 4096 x 4096 matrix as it lies on the device, scales, tables and padding included, in groups of 32.

| format | bits | ${snrColumns.map(({ title }) => title).join(" | ")} |
| --- | --: |${" --: |".repeat(snrColumns.length)}
${rows.join("\n")}
`;
}
