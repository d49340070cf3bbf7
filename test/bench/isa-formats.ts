import { tensorBytes } from "../../src/quant/pack.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import type { IsaRow } from "./isa.ts";

/** A format's first choice of matvec with f32 sums. */
export interface FormatCost {
  readonly format: string;
  readonly vector: number;
  readonly bits: number;
  /** Instructions a weight that are hidden behind the loads of its bytes. */
  readonly hidden: number;
}

/** An RX 6800 XT: lanes that each start an instruction a cycle, cycles and bytes a second. */
const LANES = 72 * 64;
const CYCLES = 2.25e9;
const BANDWIDTH = 512e9;
const SIDE = 1024;

/** Formats whose kernel is another's, as q8_0's is int8's, have no row of their own. */
export function formatCosts(rows: readonly IsaRow[]): FormatCost[] {
  const first = new Map<string, IsaRow>();
  for (const row of rows) {
    const [, format] = /^matvec\/([^/]*)\/[^/]*$/.exec(row.label) ?? [];
    if (row.peer || !format || /\+a\d/.test(format) || first.has(format)) continue;
    first.set(format, row);
  }
  return [...first].map(([format, { vector }]) => {
    const bits = bitsOf(format);
    return { format, vector, bits, hidden: ((bits / 8) * LANES * CYCLES) / BANDWIDTH };
  });
}

function bitsOf(format: string): number {
  const { base } = parseSetting(format);
  const { weights, scales, positions } = tensorBytes(base, SIDE, SIDE, "packed");
  return (8 * (weights + scales + positions)) / SIDE ** 2;
}

export function costsTable(costs: readonly FormatCost[]): string {
  const lines = costs.map(({ format, vector, bits, hidden }) => {
    const bound = vector <= hidden ? "memory" : "instructions";
    return `| ${format} | ${bits.toFixed(3)} | ${vector.toFixed(2)} | ${hidden.toFixed(1)} | ${bound} |`;
  });
  return [
    "| format | bits a weight | vector | hidden behind memory | bound by |",
    "| --- | --: | --: | --: | --- |",
    ...lines,
  ].join("\n");
}
