import fc from "fast-check";
import { expect, it } from "vitest";
import { roundFast, roundHalfEven } from "../../src/lib/round.ts";

it.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [-0.5, -0],
  [-1.5, -2],
  [-2.5, -2],
  [0.49999999999999994, 0],
  [2 ** 52 - 0.5, 2 ** 52],
  [2 ** 60, 2 ** 60],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
])("%d rounds to %d", (x, expected) => {
  expect(roundHalfEven(x)).toBe(expected);
});

it("keeps NaN", () => {
  expect(roundHalfEven(Number.NaN)).toBeNaN();
});

it("is nearest, and even where two are", () => {
  fc.assert(
    fc.property(fc.double({ min: -(2 ** 50), max: 2 ** 50, noNaN: true }), (x) => {
      const rounded = roundHalfEven(x);
      const distance = Math.abs(x - rounded);
      return (
        Number.isInteger(rounded) && (distance < 0.5 || (distance === 0.5 && rounded % 2 === 0))
      );
    }),
  );
});

it("is the same fast, but for the sign of zero", () => {
  fc.assert(
    fc.property(fc.double({ min: -(2 ** 50), max: 2 ** 50, noNaN: true }), (x) => {
      return roundFast(x) === roundHalfEven(x);
    }),
  );
});
