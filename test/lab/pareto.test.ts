import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paretoFront } from "../../src/lab/pareto.ts";

describe("paretoFront", () => {
  it("keeps what nothing beats, equals together, and leaves out what was not measured", () => {
    const points = [
      [1, 9],
      [2, 9],
      [2, 10],
      [2, 10],
      [3, 8],
      [0, Number.NaN],
    ];
    expect(paretoFront(points, ["least", "most"])).toEqual([true, false, true, true, false, false]);
    expect(paretoFront([], ["least"])).toEqual([]);
  });

  it("leaves a point out for one reason: a point of the front beats it", () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), (points) => {
        const front = paretoFront(points, ["least", "least"]);
        const kept = points.filter((_, at) => front[at]);
        for (const [at, [x, y]] of points.entries()) {
          const beaten = kept.some(([a, b]) => a <= x && b <= y && (a < x || b < y));
          expect(beaten).toBe(!front[at]);
        }
      }),
    );
  });
});
