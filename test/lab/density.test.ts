import { describe, expect, it } from "vitest";
import { DENSITY_SCALE, densityCurves, densityOf } from "../../src/lab/density.ts";
import type { ReportEntry } from "../../src/lab/report.ts";
import { qualityOf, report, reportOf, sizeOf } from "./sample-report.ts";

const { small, large, textSha256 } = DENSITY_SCALE;
const here = { model: { ...report.model, sha256: large.sha256 }, reference: "f32" };

/** A setting that costs so many bits a byte, in so many bytes. */
function entryOf(cost: number, bytes: number, part: Partial<ReportEntry> = {}): ReportEntry {
  const quality = qualityOf(0.01, {
    text: { name: "stories.txt", sha256: textSha256 },
    bitsPerByte: { reference: 1.2, candidate: 1.2 + cost },
  });
  const [entry] = reportOf({ quality, ...sizeOf(bytes), ...part }).settings;
  if (!entry) throw new Error("no entry");
  return entry;
}

describe("the curves", () => {
  it("pass through both measured models", () => {
    for (const { exponent, floor, factor } of densityCurves()) {
      for (const { parameters, bitsPerByte } of [small, large])
        expect(floor + factor * parameters ** -exponent).toBeCloseTo(bitsPerByte, 9);
      expect(floor).toBeLessThan(large.bitsPerByte);
      expect(exponent).toBeGreaterThan(0);
    }
  });
});

describe("densityOf", () => {
  it("is one by parameters for the master's own loss, and two halves by 16-bit bytes", () => {
    const density = densityOf(entryOf(0, 2 * large.parameters), here);
    for (const { byParameters, byBytes } of density?.curves ?? []) {
      expect(byParameters).toBeCloseTo(1, 9);
      expect(byBytes).toBeCloseTo(1, 9);
    }
    expect(density?.beyond).toBeNull();
    const quarter = densityOf(entryOf(0, large.parameters / 2), here);
    expect(quarter?.curves[0]?.byBytes).toBeCloseTo(4, 9);
  });

  it("comes down to the small model where a setting loses as much", () => {
    const density = densityOf(entryOf(small.bitsPerByte - large.bitsPerByte, 1e6), here);
    for (const { parameters } of density?.curves ?? [])
      expect(parameters / small.parameters).toBeCloseTo(1, 6);
  });

  it("falls with the loss, and says where it leaves the scale", () => {
    const at = (cost: number) => densityOf(entryOf(cost, 1e6), here);
    expect(at(0.1)?.curves[0]?.parameters).toBeGreaterThan(at(0.2)?.curves[0]?.parameters ?? 0);
    expect(at(1)?.beyond).toBe("worse");
    expect(at(-0.01)?.beyond).toBe("better");
    expect(at(-0.01)?.curves[1]?.byParameters).toBe(1);
  });

  it("knows the reference without measuring it against itself", () => {
    const entry = entryOf(0, 4 * large.parameters, { role: "reference", quality: null });
    expect(densityOf(entry, here)?.curves[0]?.byBytes).toBeCloseTo(0.5, 9);
  });

  it("says nothing of another model, text, window or reference", () => {
    const entry = entryOf(0.1, 1e6);
    expect(densityOf(entry, { ...here, model: report.model })).toBeNull();
    expect(densityOf(entry, { ...here, reference: "f16" })).toBeNull();
    const { quality } = entry;
    if (!quality) throw new Error("no quality");
    for (const part of [
      { text: { name: "x", sha256: "0".repeat(64) } },
      { window: 128 },
      { stride: 64 },
      { bitsPerByte: null },
    ])
      expect(densityOf({ ...entry, quality: { ...quality, ...part } }, here)).toBeNull();
  });
});
