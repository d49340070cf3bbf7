import { expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { pruneMagnitude } from "../../src/quant/prune.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { parseSetting } from "../../src/quant/setting.ts";

it("makes what does not exceed the threshold zero, by magnitude", () => {
  const values = Float32Array.of(0.1, -0.9, 0.5, 0.05, -0.3, 2);
  // Sorted: 0.05 0.1 0.3 0.5 0.9 2; at index 3 stands 0.5.
  expect([...pruneMagnitude(values, 50)]).toEqual([0, values[1], 0, 0, 0, 2]);
  expect([...pruneMagnitude(values, 1)]).toEqual([0.1, -0.9, 0.5, 0, -0.3, 2].map(Math.fround));
});

it("takes the share of a large matrix that it is told, and then rounds what is left", () => {
  const rng = createRng(4);
  const values = Float32Array.from({ length: 64 * 96 }, () => rng.gauss());
  for (const percent of [10, 50, 90]) {
    const zeros = pruneMagnitude(values, percent).filter((value) => value === 0).length;
    expect(Math.abs(zeros - (percent / 100) * values.length)).toBeLessThanOrEqual(1);
  }
  const plain = parseSetting("int8-asym-g32").base;
  const pruned = parseSetting("int8-asym-g32+50%").base;
  expect(dequantizeTensor(quantizeTensor(values, 64, 96, pruned))).toEqual(
    dequantizeTensor(quantizeTensor(pruneMagnitude(values, 50), 64, 96, plain)),
  );
});
