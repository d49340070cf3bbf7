import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BudgetChoice, budgetFormats, spendBudget } from "../../src/quant/budget.ts";
import { formatName, parseSetting } from "../../src/quant/setting.ts";

const format = parseSetting("int4-g32").base;
const ladder = (...steps: [bytes: number, error: number][]): BudgetChoice[] =>
  steps.map(([bytes, error]) => ({ format, bytes, error }));

describe("a budget", () => {
  it("goes where a byte gains most, and never over", () => {
    const eager = ladder([1, 100], [2, 10], [3, 1]);
    const calm = ladder([1, 8], [2, 2], [3, 1]);
    const spent = (bytes: number) => spendBudget([eager, calm], bytes)?.map((one) => one.bytes);
    expect(spent(1)).toBeUndefined();
    expect(spent(2)).toEqual([1, 1]);
    expect(spent(3)).toEqual([2, 1]);
    expect(spent(4)).toEqual([3, 1]);
    expect(spent(5.5)).toEqual([3, 2]);
    expect(spent(100)).toEqual([3, 3]);
  });

  it("passes by what costs more and is worse, and what two others beat together", () => {
    const bumpy = ladder([1, 100], [2, 120], [3, 90], [4, 0]);
    expect(spendBudget([bumpy], 3.5)?.[0]?.bytes).toBe(1);
    expect(spendBudget([bumpy], 4)?.[0]?.bytes).toBe(4);
  });

  it("is within one step of the best there is", () => {
    const step = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 50 }));
    const steps = fc.array(step, { minLength: 1, maxLength: 4 });
    const some = fc.array(steps, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(some, fc.integer({ min: 3, max: 30 }), (matrices, bytes) => {
        const choices = matrices.map((one) => ladder(...one));
        const spent = spendBudget(choices, bytes);
        const best = leastError(choices, bytes);
        if (spent === null) return best === null;
        const error = spent.reduce((sum, one) => sum + one.error, 0);
        const taken = spent.reduce((sum, one) => sum + one.bytes, 0);
        // What a hull leaves out is at most one matrix's largest step.
        const slack = Math.max(...choices.flat().map((one) => one.error));
        return taken <= bytes && best !== null && error <= best + slack;
      }),
    );
  });

  it("chooses among the widths of the base's kind", () => {
    const names = (text: string) => budgetFormats(parseSetting(text).base).map(formatName);
    expect(names("int4-asym-g64+2:4@clip").slice(0, 2)).toEqual([
      "int2-asym-g64+2:4@clip",
      "int3-asym-g64+2:4@clip",
    ]);
    expect(names("f16")).toEqual(names("int4-g32"));
    expect(names("mxfp4").at(-1)).toBe("int8-g32");
    expect(names("bitmod4-g32")).toEqual(["bitmod3-g32", "bitmod4-g32"]);
  });
});

function leastError(matrices: readonly BudgetChoice[][], bytes: number): number | null {
  const [first, ...rest] = matrices;
  if (!first) return bytes < 0 ? null : 0;
  const sums = first.flatMap((one) => {
    const others = leastError(rest, bytes - one.bytes);
    return others === null ? [] : [one.error + others];
  });
  return sums.length === 0 ? null : Math.min(...sums);
}
