import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRows, logSoftmax } from "../../src/model/distribution.ts";

function logs(logits: readonly number[]): Float64Array {
  const out = new Float64Array(logits.length);
  logSoftmax(Float32Array.from(logits), out);
  return out;
}

const logit = fc.float({ min: -60, max: 60, noNaN: true });
const pair = fc
  .integer({ min: 2, max: 300 })
  .chain((length) =>
    fc.tuple(
      fc.array(logit, { minLength: length, maxLength: length }),
      fc.array(logit, { minLength: length, maxLength: length }),
    ),
  );

describe("two rows of logits", () => {
  it("have a KL of 0 or more either way, below the bound of Hoeffding's lemma", () => {
    fc.assert(
      fc.property(pair, ([reference, candidate]) => {
        const p = logs(reference);
        const q = logs(candidate);
        const { kl, reverseKl, logRange } = compareRows(p, q);
        expect(kl).toBeGreaterThanOrEqual(0);
        expect(reverseKl).toBeGreaterThanOrEqual(0);
        const bound = (logRange * logRange) / 8;
        expect(kl).toBeLessThanOrEqual(bound + 1e-9);
        expect(reverseKl).toBeLessThanOrEqual(bound + 1e-9);
        for (let id = 0; id < p.length; id++) {
          expect(Math.abs((q[id] ?? 0) - (p[id] ?? 0))).toBeLessThanOrEqual(logRange + 1e-9);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("are no distance apart when equal", () => {
    fc.assert(
      fc.property(fc.array(logit, { minLength: 2, maxLength: 200 }), (values) => {
        const p = logs(values);
        const { kl, reverseKl, logRange, sameTop1, top5 } = compareRows(p, p);
        expect([kl, reverseKl, logRange]).toEqual([0, 0, 0]);
        expect(sameTop1).toBe(true);
        expect(top5).toBe(1);
      }),
    );
  });

  it("give the values worked out by hand", () => {
    const { kl, reverseKl, logRange, referenceEntropy } = compareRows(
      logs([0, 0]),
      logs([0, Math.log(3)]),
    );
    // p = 1/2, 1/2; q = 1/4, 3/4.
    expect(kl).toBeCloseTo(0.5 * Math.log(2) + 0.5 * Math.log(2 / 3), 7);
    expect(reverseKl).toBeCloseTo(0.25 * Math.log(0.5) + 0.75 * Math.log(1.5), 7);
    expect(logRange).toBeCloseTo(Math.log(3), 6);
    expect(referenceEntropy).toBeCloseTo(Math.LN2, 12);
  });
});
