import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { modelFolders } from "../support/engine.ts";
import { fixtureText } from "../support/golden.ts";
import { result } from "../support/program.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bitdial-measures-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("sweeps settings, and finds its own report true", async () => {
  const file = join(folder, "sweep.txt");
  const report = join(folder, "sweep.json");
  writeFileSync(file, fixtureText("stories/eval.txt").slice(0, 2000));
  const model = ["--model", modelFolders.stories260K, "--text", file];
  const settings = ["--settings", "int4-g32,int2-g32+a8", "--window", "64", "--stride", "32"];
  const length = ["--max-tokens", "120", "--repeats", "1", "--report", report];
  const swept = await result("sweep", ...model, ...settings, ...length);
  expect(swept.settings.map(({ setting }: { setting: string }) => setting)).toEqual([
    "f32",
    "int4-g32",
    "int2-g32+a8",
  ]);
  expect(swept.settings[1].quality.tokens).toBe(120);
  const verified = await result("verify", report, ...model);
  expect(verified.same).toBe(true);
  // Of the reference sizes, speeds and shaders; of a candidate eleven figures of quality, too.
  expect(verified.verdicts).toHaveLength(5 + 16 + 16);
});

it("measures the adapter's roofs, and kernels under them", async () => {
  const { chosen, roofs } = await result("doctor", "--measure");
  expect(chosen.software).toBe(true);
  const rates = ["copyGbPerSecond", "fmaGflops", "dp4aGops", "popcountGops"];
  const kinds = [...rates, "dispatchMicroseconds", "submitMicroseconds"];
  expect(Object.keys(roofs)).toEqual(kinds);
  for (const kind of kinds) expect(roofs[kind].best, kind).toBeGreaterThan(0);
  const rows = await result("kernels", "--ops", "matvec", "--formats", "f32", "--shapes", "64x64");
  expect(rows.length).toBeGreaterThan(0);
  for (const { gflops, gbPerSecond, roof } of rows) {
    expect(gflops / gbPerSecond).toBeCloseTo((2 * 64 * 64) / (4 * (64 * 64 + 64 + 64)), 6);
    expect(roof).toEqual({ share: expect.any(Number), bound: "memory" });
  }
});
