import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/assert.ts";
import { encodeInts } from "../../src/quant/int.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { findFormat, formatRow, formats } from "../../src/quant/registry.ts";
import type { QuantTensor } from "../../src/quant/types.ts";
import { anyGroup, everyFormat, format, formatWith, gauss, hostileGroups } from "./support.ts";

const rowsAndMethods = formats.flatMap((row) =>
  row.methods.map((method) => ({ row, method, name: `${row.id}@${method}` })),
);

it("has unique ids and says of each row what it does", () => {
  expect(new Set(formats.map((row) => row.id)).size).toBe(formats.length);
  for (const row of formats) {
    expect(row.sentence).toMatch(/^[A-Z].*\.$/);
    for (const { words, chunkWords } of Object.values(row.blocks)) {
      expect(words % chunkWords).toBe(0);
    }
    expect(findFormat(row.id)).toBe(row);
  }
  expect(findFormat("int9")).toBeUndefined();
  expect(() => formatRow("int9")).toThrow(UserError);
});

describe.each(rowsAndMethods)("$name", ({ row, method }) => {
  function roundTrip(values: Float32Array): Float32Array {
    return dequantizeTensor(
      quantizeTensor(values, 1, values.length, formatWith(row, "row", { method })),
    );
  }

  function largestError(values: Float32Array): number {
    const restored = roundTrip(values);
    return values.reduce((most, w, i) => Math.max(most, Math.abs(w - (restored[i] ?? 0))), 0);
  }

  it.each(Object.keys(hostileGroups))("stays within its bound: %s", (name) => {
    const values = hostileGroups[name] ?? new Float32Array(0);
    expect(largestError(values)).toBeLessThanOrEqual(row.errorBound(values, method));
  });

  it("stays within its bound on any group", () => {
    const property = (values: Float32Array) =>
      largestError(values) <= row.errorBound(values, method);
    fc.assert(fc.property(anyGroup(row), property), { numRuns: method === "clip" ? 40 : 200 });
  });

  it(row.exactZero ? "keeps zero exact" : "has no zero, and says so", () => {
    const values = gauss(64, 8).map((w, i) => (i % 5 === 0 ? 0 : w));
    const restored = roundTrip(values);
    const zeros = restored.filter((_, i) => i % 5 === 0);
    const exact = zeros.every((value) => Math.abs(value) < 0.5e-30);
    expect(exact).toBe(row.exactZero);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %d", (bad) => {
    const values = gauss(64, 1);
    values[37] = bad;
    const quantize = () =>
      quantizeTensor(values, 2, 32, formatWith(row, 32), { name: "layers.3.down" });
    expect(quantize).toThrow(UserError);
    expect(quantize).toThrow(`layers.3.down holds ${bad} at row 1, column 5`);
  });
});

it.each(formats.filter((row) => row.id !== "f32").map((row) => row.id))(
  "%s refuses what its scale cannot express",
  (id) => {
    const row = formatRow(id);
    const values = Float32Array.of(1, row.largest, -row.largest, 0);
    const restored = dequantizeTensor(quantizeTensor(values, 1, 4, formatWith(row, 32)));
    expect(restored.every(Number.isFinite)).toBe(true);
    values[1] = row.largest * 1.01;
    expect(() => quantizeTensor(values, 1, 4, formatWith(row, 32))).toThrow(UserError);
  },
);

it("names a length that does not fit the shape", () => {
  const quantize = () => quantizeTensor(new Float32Array(7), 2, 4, format("f32"));
  expect(quantize).toThrow("The matrix has 7 values where [2, 4] needs 8.");
});

describe.each(formats.filter((row) => row.family === "int"))("$id", (row) => {
  it("gives the same codes for what they stand for", () => {
    for (const [seed, spread] of [
      [1, 1],
      [2, 1e-3],
      [3, 3e-6],
    ] as const) {
      const values = gauss(4 * 96, seed).map((w) => w * spread);
      const tensor = quantizeTensor(values, 4, 96, format(row.id, 32));
      expect(recode(tensor, dequantizeTensor(tensor), row.bits)).toEqual(tensor.codes);
    }
  });
});

/** Codes of values [rows][cols] with the tensor's own scales and zero points. */
function recode(tensor: QuantTensor, values: Float32Array, bits: number): Uint8Array {
  const { scales = new Uint16Array(0), zeros } = tensor;
  const codes = new Uint8Array(values.length);
  for (const [group, scale] of scales.entries()) {
    // A vanished scale leaves its group at the zero point, which every code stands for alike.
    const zero = zeros?.[group] ?? 2 ** (bits - 1);
    encodeInts(values, codes, { scale, zero }, 2 ** bits - 1, group * 32, group * 32 + 32);
  }
  return codes;
}

describe("groups", () => {
  it("quantise each on its own, the last one short", () => {
    const values = gauss(3 * 172, 5);
    for (const { id, group, sparse, method } of everyFormat()) {
      if (group === undefined) continue;
      const tensor = quantizeTensor(values, 3, 172, { id, group, sparse, method });
      const size = group === "row" ? 172 : group;
      // One a group, or as many for each of them.
      const numbers = (tensor.scales?.length ?? 0) / (3 * Math.ceil(172 / size));
      expect(Number.isInteger(numbers) && numbers > 0).toBe(true);
      // Where numbers of the row or the tensor enter as well, a group is not alone.
      if (tensor.factors) continue;
      const restored = dequantizeTensor(tensor);
      const last = values.slice(2 * 172 + Math.floor(171 / size) * size);
      const alone = quantizeTensor(last, 1, last.length, format(id, "row"));
      expect(restored.slice(-last.length)).toEqual(dequantizeTensor(alone));
    }
  });

  it("as long as the row or longer are the row", () => {
    const values = gauss(2 * 48, 6);
    const row = quantizeTensor(values, 2, 48, format("int4-asym", "row"));
    const long = quantizeTensor(values, 2, 48, format("int4-asym", 64));
    expect({ ...long, format: null }).toEqual({ ...row, format: null });
  });
});

describe("the rule for symmetric codes", () => {
  it("puts the first element of largest magnitude on the lowest code", () => {
    const positive = quantizeTensor(Float32Array.of(0.5, 2, -2, 0), 1, 4, format("int4", "row"));
    // m = 2, s = -1/4, q = w / s = -2, -8, 8 (held at 7), 0; u = q + 8.
    expect(positive.scales).toEqual(Uint16Array.of(0xb400));
    expect(positive.codes).toEqual(Uint8Array.of(6, 0, 15, 8));
    const negative = quantizeTensor(Float32Array.of(0.5, -2, 2, 0), 1, 4, format("int4", "row"));
    expect(negative.scales).toEqual(Uint16Array.of(0x3400));
    expect(negative.codes).toEqual(Uint8Array.of(10, 0, 15, 8));
  });
});

describe("the rule for asymmetric codes", () => {
  it("spans least to greatest with 0 inside", () => {
    const tensor = quantizeTensor(Float32Array.of(-1, 2, 0, 0.3), 1, 4, format("int2-asym", "row"));
    // s = 3 / 3, z = round(1 / s) = 1.
    expect(tensor.scales).toEqual(Uint16Array.of(0x3c00));
    expect(tensor.zeros).toEqual(Uint8Array.of(1));
    expect(tensor.codes).toEqual(Uint8Array.of(0, 3, 1, 1));
    const above = quantizeTensor(Float32Array.of(3, 1, 2, 3), 1, 4, format("int2-asym", "row"));
    expect(dequantizeTensor(above)).toEqual(Float32Array.of(3, 1, 2, 3));
    expect(above.zeros).toEqual(Uint8Array.of(0));
  });
});
