import fc from "fast-check";
import { expect, it } from "vitest";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { keepMagnitude24 } from "../../src/quant/sparse24.ts";
import { format, gauss } from "./support.ts";

it.each([
  { values: [0.1, -0.9, 0.5, 0.05], nibble: 9, kept: [-0.9, 0.5] },
  { values: [3, 2, 1, 0], nibble: 4, kept: [3, 2] },
  { values: [3, 1, 2, 0], nibble: 8, kept: [3, 2] },
  { values: [3, 1, 0, -2], nibble: 12, kept: [3, -2] },
  { values: [0, 3, 1, 2], nibble: 13, kept: [3, 2] },
  { values: [0, 1, 2, 3], nibble: 14, kept: [2, 3] },
  { values: [1, -1, 1, 1], nibble: 4, kept: [1, -1] },
  { values: [1, 2, -2, 2], nibble: 9, kept: [2, -2] },
  { values: [0, 0, 0, 5], nibble: 12, kept: [0, 5] },
  { values: [0, 0, 0, 0], nibble: 4, kept: [0, 0] },
])("of $values stay $kept", ({ values, nibble, kept }) => {
  const sparse = keepMagnitude24(Float32Array.from(values), 1, 4);
  expect(sparse.positions).toEqual(Uint8Array.of(nibble));
  expect(sparse.kept).toEqual(Float32Array.from(kept));
});

it("takes a last four that is not full as followed by zeros", () => {
  const { kept, positions } = keepMagnitude24(Float32Array.of(1, 2, 3, 4, -7), 1, 5);
  expect(positions).toEqual(Uint8Array.of(14, 4));
  expect(kept).toEqual(Float32Array.of(3, 4, -7, 0));
});

it("prunes as its own inverse shows: half stays, no four loses a larger one than it keeps", () => {
  const anyRow = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(anyRow, (row) => {
      const values = Float32Array.from(row);
      const tensor = quantizeTensor(
        values,
        1,
        values.length,
        format("f32", undefined, { sparse: true }),
      );
      const restored = dequantizeTensor(tensor);
      for (let start = 0; start < values.length; start += 4) {
        const four = Array.from(values.subarray(start, start + 4), Math.abs).sort((a, b) => b - a);
        const after = Array.from(restored.subarray(start, start + 4), Math.abs);
        after.sort((a, b) => b - a);
        if (after[0] !== four[0] || after[1] !== four[1]) return false;
        if (after.slice(2).some((value) => value !== 0)) return false;
      }
      return restored.every((value, i) => value === 0 || value === values[i]);
    }),
  );
});

it("groups by dense inputs: a scale for 16 kept values at group 32", () => {
  const values = gauss(2 * 96, 3);
  const tensor = quantizeTensor(values, 2, 96, format("int4", 32, { sparse: true }));
  expect(tensor.codes.length).toBe(2 * 48);
  expect(tensor.scales?.length).toBe(2 * 3);
  const { kept } = keepMagnitude24(values, 2, 96);
  const dense = quantizeTensor(kept.slice(16, 32), 1, 16, format("int4", "row"));
  expect(tensor.scales?.[1]).toBe(dense.scales?.[0]);
  expect(tensor.codes.slice(16, 32)).toEqual(dense.codes);
});
