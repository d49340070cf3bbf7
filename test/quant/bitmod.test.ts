import { describe, expect, it } from "vitest";
import { groupShape } from "../../src/quant/layout.ts";
import { packTensor, tensorBytes } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { formatRow } from "../../src/quant/registry.ts";
import { snr } from "../support/snr.ts";
import { format, gauss, laplace } from "./support.ts";

const levels = {
  bitmod3: { basic: [-4, -2, -1, 0, 1, 2, 4], special: [3, -3, 6, -6] },
  bitmod4: {
    basic: [-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12],
    special: [10, -10, 16, -16],
  },
} as const;

/** Least squared error of a group with one of the tables, its scale in full. */
function errorWith(table: readonly number[], values: Float32Array): number {
  const largest = values.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  const scale = largest / Math.max(...table.map(Math.abs));
  return values.reduce(
    (sum, w) => sum + Math.min(...table.map((level) => (w - scale * level) ** 2)),
    0,
  );
}

describe.each(["bitmod3", "bitmod4"] as const)("%s", (id) => {
  const { basic, special } = levels[id];

  it("chooses the special level with the least error in each group", () => {
    const values = laplace(40 * 32, 1);
    const { zeros } = quantizeTensor(values, 1, 40 * 32, format(id, 32));
    for (let group = 0; group < 40; group++) {
      const own = values.subarray(group * 32, (group + 1) * 32);
      const errors = special.map((level) => errorWith([...basic, level], own));
      const chosen = errors[zeros?.[group] ?? 0] ?? 0;
      expect(chosen).toBeLessThanOrEqual(Math.min(...errors) * (1 + 1e-5));
    }
  });

  it("takes the other sign of special level for negated weights", () => {
    const values = laplace(64 * 32, 2);
    const { zeros } = quantizeTensor(values, 64, 32, format(id, 32));
    const negated = quantizeTensor(
      values.map((w) => -w),
      64,
      32,
      format(id, 32),
    );
    // Where neither helps, the first is taken both times.
    const swapped = zeros?.filter((choice, i) => (choice ^ 1) === negated.zeros?.[i]).length ?? 0;
    expect(swapped).toBeGreaterThan(48);
  });

  it("stands for whole levels times a scale, as the integer kernels have it", () => {
    const tensor = quantizeTensor(gauss(6 * 172, 3), 6, 172, format(id, 64));
    const row = formatRow(id);
    const integers = row.integers?.(tensor, groupShape(row, tensor.format, 6, 172));
    const values = dequantizeTensor(tensor);
    const known = new Set<number>([...basic, ...special]);
    for (const [i, level] of integers?.levels.entries() ?? []) {
      expect(known.has(level)).toBe(true);
      const scale = integers?.scales[Math.floor(i / 172) * 3 + Math.floor((i % 172) / 64)] ?? 0;
      expect(values[i]).toBe(level * scale);
    }
  });

  it("keeps scales in 8 bits, the row's largest at 127", () => {
    const { scales } = quantizeTensor(laplace(8 * 256, 4), 8, 256, format(id, 32));
    for (let row = 0; row < 8; row++) {
      const own = Array.from(scales?.subarray(row * 8, row * 8 + 8) ?? []);
      expect(Math.max(...own)).toBe(127);
      expect(Math.min(...own)).toBeGreaterThanOrEqual(1);
    }
  });

  it("takes ten bits a group and an f16 a row beside its codes", () => {
    const { weights, scales } = tensorBytes(format(id, 32), 64, 1024, "packed");
    const bits = formatRow(id).bits + 10 / 32 + 16 / 1024;
    expect((8 * (weights + scales)) / (64 * 1024)).toBe(bits);
  });
});

it("packs a row of bitmod3 by hand", () => {
  const values = new Float32Array(32);
  // Level 6 helps: scale 1 by the largest, with codes 1 2 4 5 7 for 1 2 6 -1 -4.
  values.set([1, 2, 6, -1, -4]);
  const tensor = quantizeTensor(values, 1, 32, format("bitmod3", 32));
  expect(Array.from(tensor.codes.subarray(0, 6))).toEqual([1, 2, 4, 5, 7, 0]);
  expect(tensor.zeros).toEqual(Uint8Array.of(2));
  const { scales } = packTensor(tensor, "packed");
  expect(scales?.[0]).toBe(127);
  expect(scales?.[1]).toBe(2);
  expect(scales?.[2]).toBe(0x2000 + 8);
});

it.each([
  { id: "bitmod4", shares: [0.4, 0.35, 0.12, 0.13] },
  { id: "bitmod3", shares: [0.08, 0.08, 0.42, 0.42] },
])("$id: of Gaussian groups of 128, each special level has its known share", ({ id, shares }) => {
  const { zeros } = quantizeTensor(gauss(4096 * 128, 5), 512, 1024, format(id, 128));
  for (const [choice, share] of shares.entries()) {
    const found = (zeros?.filter((own) => own === choice).length ?? 0) / 4096;
    expect(Math.abs(found - share)).toBeLessThan(0.04);
  }
});

it("is better than nf4 where weights have heavy tails", () => {
  const values = laplace(512 * 128, 6);
  const quality = (id: string) =>
    snr(values, dequantizeTensor(quantizeTensor(values, 64, 1024, format(id, 128))));
  expect(quality("bitmod4")).toBeGreaterThan(quality("nf4"));
});
