import { describe, expect, it } from "vitest";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import type { Method } from "../../src/quant/types.ts";
import { format, gauss, laplace, snr } from "./support.ts";

const GROUPS = 8192;
const TOLERANCE = 0.15;
const samples = new Map<string, Float32Array>();

/** Drawing a million numbers takes longer than quantising them: once for all formats. */
function sample(make: typeof gauss, group: number): Float32Array {
  const key = `${make.name} ${group}`;
  const values = samples.get(key) ?? make(GROUPS * group, group);
  samples.set(key, values);
  return values;
}

/** Decibels on Gauss g128, Gauss g32, Laplace g128, Laplace g32, computed apart from this code. */
const table: readonly [
  id: string,
  method: Method,
  ...expected: [number, number, number, number],
][] = [
  ["int8", "rtn", 43.8, 45.4, 41.0, 43.5],
  ["int4", "rtn", 19.7, 21.3, 17.0, 19.4],
  ["int4-asym", "rtn", 19.9, 21.9, 17.7, 20.5],
  ["int3-asym", "rtn", 13.3, 15.2, 11.3, 14.0],
  ["int2-asym", "rtn", 6.0, 7.8, 4.9, 7.3],
];

describe.each(table)("%s@%s", (id, method, gaussLong, gaussShort, laplaceLong, laplaceShort) => {
  it.each([
    { name: "Gauss g128", make: gauss, group: 128, expected: gaussLong },
    { name: "Gauss g32", make: gauss, group: 32, expected: gaussShort },
    { name: "Laplace g128", make: laplace, group: 128, expected: laplaceLong },
    { name: "Laplace g32", make: laplace, group: 32, expected: laplaceShort },
  ] as const)("$name: $expected dB", ({ make, group, expected }) => {
    const values = sample(make, group);
    const tensor = quantizeTensor(values, GROUPS / 16, group * 16, format(id, group, { method }));
    expect(Math.abs(snr(values, dequantizeTensor(tensor)) - expected)).toBeLessThan(TOLERANCE);
  });
});

it.each([
  { make: gauss, name: "Gauss", expected: 8.8 },
  { make: laplace, name: "Laplace", expected: 11.0 },
])("2:4 by magnitude, $name: $expected dB", ({ make, expected }) => {
  const values = make(GROUPS * 32, 1);
  const tensor = quantizeTensor(values, GROUPS, 32, format("f32", undefined, { sparse: true }));
  expect(Math.abs(snr(values, dequantizeTensor(tensor)) - expected)).toBeLessThan(TOLERANCE);
});
