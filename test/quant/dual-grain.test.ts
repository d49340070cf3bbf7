import { expect, it } from "vitest";
import { packTensor } from "../../src/quant/pack.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import type { QuantTensor } from "../../src/quant/types.ts";
import { snr } from "../support/snr.ts";
import { format, gauss, laplace } from "./support.ts";

const [rows, cols] = [6, 96];
const groups = cols / 32;

/** (u - z) S of every weight. */
function levelsOf({ codes, scales, zeros }: QuantTensor): number[] {
  return Array.from(codes, (code, i) => {
    const at = Math.floor(i / 32);
    return (code - (zeros?.[at] ?? 0)) * (scales?.[at] ?? 0);
  });
}

it("never leaves eight bits, whatever the groups of a row", () => {
  const values = laplace(rows * cols, 1).map((w, i) => w * 4 ** (Math.floor(i / 32) % 5));
  const tensor = quantizeTensor(values, rows, cols, format("dgq", 32));
  expect(Math.max(...levelsOf(tensor).map(Math.abs))).toBeLessThanOrEqual(127);
  expect(Math.min(...(tensor.scales ?? [0]))).toBeGreaterThanOrEqual(1);
});

it("adds up whole numbers through the row: by weight and by group the same", () => {
  const tensor = quantizeTensor(gauss(rows * cols, 2), rows, cols, format("dgq", 32));
  const levels = levelsOf(tensor);
  const x = Array.from(gauss(cols, 3), (value) => Math.round(40 * value));
  for (let row = 0; row < rows; row++) {
    const plain = x.reduce((sum, q, k) => sum + q * (levels[row * cols + k] ?? 0), 0);
    let grouped = 0;
    for (let group = 0; group < groups; group++) {
      const at = row * groups + group;
      const part = x.slice(32 * group, 32 * group + 32);
      const codes = part.reduce((sum, q, k) => sum + q * (tensor.codes[at * 32 + k] ?? 0), 0);
      const all = part.reduce((sum, q) => sum + q, 0);
      grouped += (tensor.scales?.[at] ?? 0) * (codes - (tensor.zeros?.[at] ?? 0) * all);
    }
    expect(grouped).toBe(plain);
    const value = dequantizeTensor(tensor)[row * cols] ?? 0;
    expect(value).toBe((tensor.factors?.[row] ?? 0) * (levels[row * cols] ?? 0));
  }
});

it("has scales, zero points and rows' scales behind each other", () => {
  const tensor: QuantTensor = {
    format: format("dgq", 32),
    rows: 1,
    cols: 64,
    codes: new Uint8Array(64).fill(9),
    scales: Uint8Array.of(3, 17),
    zeros: Uint8Array.of(8, 7),
    factors: Float32Array.of(0.5),
  };
  const { weights, scales } = packTensor(tensor, "packed");
  expect(weights[0]).toBe(0x99999999);
  expect(scales).toEqual(Uint32Array.of(3, 17, 8, 7, 0x3800, 0));
  expect(dequantizeTensor(tensor)[40]).toBe(0.5 * 17 * 2);
});

it("costs little against scales in f16", () => {
  const values = gauss(64 * 512, 5);
  const [dgq = 0, plain = 0] = ["dgq", "int4-asym"].map((id) =>
    snr(values, dequantizeTensor(quantizeTensor(values, 64, 512, format(id, 32)))),
  );
  expect(dgq).toBeGreaterThan(plain - 0.5);
});
