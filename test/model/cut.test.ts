import { describe, expect, it } from "vitest";
import { cutToBindings } from "../../src/model/cut.ts";
import type { WeightRef } from "../../src/model/plan.ts";
import { tensorBytes } from "../../src/quant/pack.ts";

const ref = (changes: Partial<WeightRef>): WeightRef => ({
  layer: "table",
  matrices: ["head"],
  format: { id: "f32", sparse: false, method: "rtn" },
  layout: "packed",
  firstRow: 0,
  rows: 1000,
  cols: 64,
  ...changes,
});

describe("matrices cut to what a binding holds", () => {
  it("leaves alone what fits", () => {
    const whole = ref({});
    expect(cutToBindings(whole, () => 1000)).toEqual([whole]);
    // SmolLM2's table in f32 is 113 MB; a binding holds 134.
    const table = ref({ rows: 49_152, cols: 576 });
    expect(cutToBindings(table, () => 49_152)).toHaveLength(1);
  });

  it("cuts at whole tiles, and every part fits", () => {
    const parts = cutToBindings(ref({}), () => 1000, 100_000);
    expect(parts.map(({ firstRow, rows }) => [firstRow, rows])).toEqual([
      [0, 352],
      [352, 352],
      [704, 296],
    ]);
    for (const { format, rows, cols } of parts)
      expect(tensorBytes(format, rows, cols, "packed").weights).toBeLessThanOrEqual(100_000);
  });

  it("takes matrices apart before it cuts one", () => {
    const rowsOf = (name: string): number => (name === "gate" ? 320 : 640);
    const stacked = ref({ layer: 3, matrices: ["gate", "up"], rows: 960 });
    const parts = cutToBindings(stacked, rowsOf, 100_000);
    expect(parts.map(({ matrices, firstRow, rows }) => [...matrices, firstRow, rows])).toEqual([
      ["gate", 0, 320],
      ["up", 0, 320],
      ["up", 320, 320],
    ]);
  });
});
