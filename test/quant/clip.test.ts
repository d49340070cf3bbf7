import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f16ToF32, f32ToF16 } from "../../src/lib/f16.ts";
import { roundHalfEven } from "../../src/lib/round.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { formats } from "../../src/quant/registry.ts";
import type { FormatRow, Method } from "../../src/quant/types.ts";
import { anyGroup, format, gauss, hostileGroups, laplace } from "./support.ts";

const intRows = formats.filter((row) => row.family === "int");

/** The rule in its plainest words: all 80 candidates in full, the first of the best. */
function plainClip({ bits, asymmetric }: FormatRow, values: Float32Array) {
  const top = 2 ** bits - 1;
  const half = 2 ** (bits - 1);
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const extreme = values.reduce((m, w) => (Math.abs(w) > Math.abs(m) ? w : m), 0);
  let best = { error: Number.POSITIVE_INFINITY, scale: 0, zero: 0 };
  for (let i = 0; i < 80; i++) {
    const share = Math.fround(1 - i / 100);
    const span = Math.fround(Math.fround(high * share) - Math.fround(low * share));
    const ideal = asymmetric ? span / top : -Math.fround(extreme * share) / half;
    const scale = f32ToF16(Math.fround(ideal)) & (ideal === 0 ? 0 : 0xffff);
    const step = f16ToF32(scale);
    const inverse = step === 0 ? 0 : Math.fround(1 / step);
    const shift = roundHalfEven(Math.fround(-Math.fround(low * share) * inverse));
    const zero = asymmetric ? Math.max(0, Math.min(top, shift)) : half;
    let error = 0;
    for (const w of values) {
      const code = roundHalfEven(Math.fround(w * inverse)) + zero;
      error += (w - step * (Math.max(0, Math.min(top, code)) - zero)) ** 2;
    }
    if (error < best.error) best = { error, scale, zero };
  }
  return best;
}

function squaredError(row: FormatRow, values: Float32Array, method: Method): number {
  const tensor = quantizeTensor(values, 1, values.length, format(row.id, "row", { method }));
  const restored = dequantizeTensor(tensor);
  return values.reduce((sum, w, i) => sum + (w - (restored[i] ?? 0)) ** 2, 0);
}

describe.each(intRows)("$id@clip", (row) => {
  function expectAsPlain(values: Float32Array): void {
    const tensor = quantizeTensor(
      values,
      1,
      values.length,
      format(row.id, "row", { method: "clip" }),
    );
    const { scale, zero } = plainClip(row, values);
    const step = f16ToF32(tensor.scales?.[0] ?? 0);
    expect(step).toBeCloseTo(f16ToF32(scale), 30);
    if (row.asymmetric) expect(tensor.zeros?.[0]).toBe(zero);
  }

  it("finds what the full search finds", () => {
    for (let seed = 1; seed <= 12; seed++) {
      expectAsPlain(gauss(32, seed));
      expectAsPlain(laplace(128, seed).map((w) => w * 0.02));
      expectAsPlain(gauss(20, seed).map((w) => w * 1e-5));
      expectAsPlain(gauss(32, seed).map(Math.abs));
    }
  });

  it.each(Object.keys(hostileGroups))("does so on %s", (name) => {
    expectAsPlain(hostileGroups[name] ?? new Float32Array(0));
  });

  it("is never worse than rounding to nearest", () => {
    const property = (values: Float32Array) =>
      squaredError(row, values, "clip") <= squaredError(row, values, "rtn");
    fc.assert(fc.property(anyGroup(row), property), { numRuns: 40 });
  });
});

it("gains at low widths what the literature says it gains", () => {
  const values = gauss(128 * 256, 1);
  const error = (method: Method) => {
    const tensor = quantizeTensor(values, 256, 128, format("int2-asym", 128, { method }));
    const restored = dequantizeTensor(tensor);
    return values.reduce((sum, w, i) => sum + (w - (restored[i] ?? 0)) ** 2, 0);
  };
  // 8.7 against 6.0 dB for Gaussian weights in groups of 128.
  expect(10 * Math.log10(error("rtn") / error("clip"))).toBeCloseTo(2.7, 0);
});
