import { describe, expect, it } from "vitest";
import { linearIntRef } from "../../src/kernels/linear-ref.ts";
import { weightKey } from "../../src/model/plan.ts";
import { packTensor } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { format, gauss, laplace } from "./support.ts";

const values = laplace(8 * 96, 3);
const made = (id: string) => quantizeTensor(values, 8, 96, format(id, 32));
const widths = [2, 3, 4, 5, 6, 7, 8];

it("is int8 with all eight planes", () => {
  expect(dequantizeTensor(made("nested8"))).toEqual(dequantizeTensor(made("int8")));
  const x = {
    codes: Int8Array.from(gauss(96, 1), (w) => 40 * w),
    scales: Float32Array.of(1, 0.3, 2),
  };
  expect(linearIntRef(made("nested8"), x, 1)).toEqual(linearIntRef(made("int8"), x, 1));
});

it("is one copy for every width", () => {
  for (const layout of ["packed", "planes"] as const) {
    const copies = widths.map((bits) => packTensor(made(`nested${bits}`), layout));
    for (const { weights, scales } of copies) {
      expect(weights).toEqual(copies[0]?.weights);
      expect(scales).toEqual(copies[0]?.scales);
    }
    const keys = widths.map((bits) =>
      weightKey({
        layer: 0,
        matrices: ["down"],
        format: format(`nested${bits}`, 32),
        layout,
        firstRow: 0,
        rows: 8,
        cols: 96,
      }),
    );
    expect(new Set(keys).size).toBe(1);
  }
});

it("has bit p of code 4t + k at bit 8k + t of word p", () => {
  const tensor = { ...made("nested8"), rows: 1, cols: 32, codes: new Uint8Array(32) };
  tensor.codes[4 * 5 + 2] = 0b10000010;
  const { weights } = packTensor(tensor, "packed");
  const words = [0, 1, 2, 3, 4, 5, 6, 7].map((plane) => weights[32 * plane]);
  const bit = 2 ** (8 * 2 + 5);
  expect(words).toEqual([0, bit, 0, 0, 0, 0, 0, bit]);
});

describe("with fewer planes", () => {
  it("takes the middle of what the rest could be", () => {
    const tensor = {
      ...quantizeTensor(Float32Array.of(-128, 100), 1, 2, format("nested3", "row")),
      codes: Uint8Array.of(0, 0b101_11011),
    };
    // 0..31 stand for 15.5, 160..191 for 175.5, less 128.
    expect(dequantizeTensor(tensor)).toEqual(Float32Array.of(-112.5, 47.5));
  });

  it("halves the largest error with every plane", () => {
    const worst = widths.map((bits) => {
      const restored = dequantizeTensor(made(`nested${bits}`));
      return values.reduce((most, w, i) => Math.max(most, Math.abs(w - (restored[i] ?? 0))), 0);
    });
    for (const [i, error] of worst.slice(0, -1).entries()) {
      expect(worst[i + 1]).toBeLessThan(0.65 * error);
    }
  });
});
