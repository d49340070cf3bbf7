import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { formats } from "../../src/quant/registry.ts";
import type { FormatRow, Group, Method, WeightFormat } from "../../src/quant/types.ts";

/** A weight format from the names that matter to a test. */
export function format(
  id: string,
  group?: Group,
  options: { sparse?: boolean; method?: Method } = {},
): WeightFormat {
  const { sparse = false, method = "rtn" } = options;
  return { id, ...(group === undefined ? {} : { group }), sparse, method };
}

/** Every row of the registry with every group it can have. */
export function everyFormat(): WeightFormat[] {
  return formats.flatMap((row) =>
    row.groups.length > 0 ? row.groups.map((group) => format(row.id, group)) : [format(row.id)],
  );
}

/** A row's format with this group, or with none where its name has none. */
export function formatWith(
  row: FormatRow,
  group: Group,
  options: { sparse?: boolean; method?: Method } = {},
): WeightFormat {
  return format(row.id, row.groups.length > 0 ? group : undefined, options);
}

export function gauss(count: number, seed: number): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: count }, rng.gauss);
}

export function laplace(count: number, seed: number): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: count }, rng.laplace);
}

/** Groups that have broken quantisers: each is a property-test case and a fixed one. */
export const hostileGroups: Readonly<Record<string, Float32Array>> = {
  zeros: new Float32Array(32),
  "negative zeros": new Float32Array(32).fill(-0),
  "one outlier": Float32Array.from(gauss(32, 1), (w, i) => (i === 9 ? 1e4 : w)),
  "one negative outlier": Float32Array.from(gauss(32, 1), (w, i) => (i === 9 ? -1e4 : w)),
  constant: new Float32Array(32).fill(0.37),
  "negative constant": new Float32Array(32).fill(-0.37),
  "both ends alike": Float32Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 1 : -1)),
  "scales below f16's normal numbers": Float32Array.from(gauss(32, 2), (w) => w * 2e-6),
  "scales that vanish in f16": Float32Array.from(gauss(32, 3), (w) => w * 1e-9),
  "f32 subnormals": Float32Array.from(gauss(32, 4), (w) => w * 1e-41),
  "one element": Float32Array.of(-3),
  "a large span": Float32Array.of(-60000, 60000, 1, -1),
};

/** Groups of 1 to 64 finite weights of any size that the format accepts. */
export function anyGroup(row: FormatRow): fc.Arbitrary<Float32Array> {
  const limit = Math.fround(row.largest / 2);
  const element = fc.float({ min: -limit, max: limit, noNaN: true });
  const ordinary = fc.float({ min: -1, max: 1, noNaN: true });
  return fc
    .oneof(
      fc.array(element, { minLength: 1, maxLength: 64 }),
      fc.array(ordinary, { minLength: 1, maxLength: 64 }),
    )
    .map((values) => Float32Array.from(values));
}

/** 10 log10 of signal over error. */
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

/** toEqual for tensors and typed arrays; element by element, toEqual itself takes seconds. */
export function expectEqual(actual: object, expected: object): void {
  const same = isDeepStrictEqual(actual, expected);
  if (!same) expect(actual).toEqual(expected);
  expect(same).toBe(true);
}
