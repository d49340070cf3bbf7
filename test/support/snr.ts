import { createRng } from "../../src/lib/rng.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { formatRow, usualFormat } from "../../src/quant/registry.ts";
import { parseSetting } from "../../src/quant/setting.ts";
import type { Group, WeightFormat } from "../../src/quant/types.ts";
import { formatStem } from "../../src/quant/weight-format.ts";

/** Decibels on normal weights in groups of 128 and 32, then on Laplace weights in groups of 128 and 32. */
export type SnrFigures = readonly [number, number, number, number];

/** How far apart two samples of this size may be. */
export const SNR_TOLERANCE = 0.15;
export const SNR_GROUPS = 8192;

/** Computed apart from this program; a name without its group is measured with 128 and with 32. */
export const snrReference: Readonly<Record<string, SnrFigures>> = {
  int8: [43.8, 45.4, 41.0, 43.5],
  int4: [19.7, 21.3, 17.0, 19.4],
  "int4-asym": [19.9, 21.9, 17.7, 20.5],
  "int3-asym": [13.3, 15.2, 11.3, 14.0],
  "int2-asym": [6.0, 7.8, 4.9, 7.3],
  "int2-asym@clip": [8.7, 9.5, 7.5, 8.7],
  nf4: [20.4, 21.2, 18.9, 20.6],
  fp4: [19.2, 19.9, 18.4, 19.8],
  "fp4-bnb": [17.8, 18.9, 15.5, 17.6],
  bitmod4: [20.2, 21.5, 19.5, 21.4],
  bitmod3: [14.2, 15.6, 13.0, 14.9],
  w2s: [8.5, 10.4, 6.9, 9.5],
  // The last is 9.8 in the first table, which computing it again did not bear out.
  "w2s@clip": [11.0, 11.5, 9.0, 10.5],
  pb: [7.7, 7.6, 8.1, 8.1],
  pb5: [6.3, 6.3, 6.2, 6.2],
  fdb: [7.3, 8.2, 5.6, 7.0],
  "fdb@clip": [8.8, 9.6, 7.5, 8.7],
  bcq3: [14.6, 15.3, 13.0, 14.3],
  bcq2: [9.4, 9.8, 7.8, 8.5],
  ternary: [5.8, 5.8, 4.1, 4.1],
  twn: [7.2, 7.4, 5.6, 5.8],
  bin: [4.4, 4.5, 3.0, 3.2],
  pal16: [20.2, 20.2, 18.2, 18.1],
  pal8: [14.6, 14.6, 12.6, 12.6],
  pal4: [9.3, 9.3, 7.5, 7.5],
  "f32+2:4": [8.8, 8.8, 11.0, 11.0],
};

export const snrColumns = [
  { title: "Gauss g128", kind: "gauss", group: 128 },
  { title: "Gauss g32", kind: "gauss", group: 32 },
  { title: "Laplace g128", kind: "laplace", group: 128 },
  { title: "Laplace g32", kind: "laplace", group: 32 },
] as const;
type Column = (typeof snrColumns)[number];

/** A registry id and what follows it, with this group: "nf4@clip" and 32 give nf4-g32@clip; those without groups stay. */
export function snrFormat(name: string, group: Group): WeightFormat {
  const [id = name, ...parts] = name.split(/(?=[+@])/);
  const usual = usualFormat(formatRow(id));
  const stem = formatStem({ ...usual, ...(usual.group !== undefined && { group }) });
  return parseSetting(stem + parts.join("")).base;
}

const samples = new Map<string, Float32Array>();

/** Drawing a million numbers takes longer than quantising them: once for all formats. */
function sample({ kind, group }: Column): Float32Array {
  const key = `${kind} ${group}`;
  const known = samples.get(key);
  if (known) return known;
  const rng = createRng(group);
  const values = Float32Array.from({ length: SNR_GROUPS * group }, rng[kind]);
  samples.set(key, values);
  return values;
}

/** 10 log10 of signal over error of a format on a column's weights, sixteen groups to a row. */
export function measureSnr(name: string, column: Column): number {
  const values = sample(column);
  const [rows, cols] = [SNR_GROUPS / 16, column.group * 16];
  const tensor = quantizeTensor(values, rows, cols, snrFormat(name, column.group));
  return snr(values, dequantizeTensor(tensor));
}

export function snr(values: Float32Array, restored: Float32Array): number {
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    signal += value * value;
    noise += (value - (restored[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}
