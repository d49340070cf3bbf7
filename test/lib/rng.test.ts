import { expect, it } from "vitest";
import { createRng } from "../../src/lib/rng.ts";
import { mean } from "../../src/lib/stats.ts";

function draws(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw);
}

it("repeats itself for a seed and only for that seed", () => {
  const ten = (seed: number) => draws(10, createRng(seed).uniform);
  expect(ten(1)).toEqual(ten(1));
  expect(ten(1)).not.toEqual(ten(2));
});

it("has the moments of its distributions", () => {
  const rng = createRng(3);
  const square = (x: number) => x * x;
  const gauss = draws(50000, rng.gauss);
  expect(mean(gauss)).toBeCloseTo(0, 1);
  expect(mean(gauss.map(square))).toBeCloseTo(1, 1);
  const laplace = draws(50000, rng.laplace);
  expect(mean(laplace)).toBeCloseTo(0, 1);
  expect(mean(laplace.map(Math.abs))).toBeCloseTo(1, 1);
  const uniform = draws(50000, rng.uniform);
  expect(mean(uniform)).toBeCloseTo(0.5, 2);
  expect(uniform.every((x) => x >= 0 && x < 1)).toBe(true);
});

it("draws whole numbers evenly", () => {
  const rng = createRng(5);
  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < 70000; i++) {
    const face = rng.integer(7);
    counts[face] = (counts[face] ?? 0) + 1;
  }
  // Six standard deviations of a count.
  for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(560);
  expect(rng.integer(1)).toBe(0);
  expect(() => rng.integer(0)).toThrow();
  expect(() => rng.integer(1.5)).toThrow();
});
