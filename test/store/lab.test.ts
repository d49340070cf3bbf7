import { describe, expect, it, vi } from "vitest";
import { readReport } from "../../src/lab/report.ts";
import { presetSettings } from "../../src/quant/presets.ts";
import { type LabPoint, labPoints } from "../../src/store/lab-points.ts";
import { labFindings } from "../../src/store/lab-words.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

/** A page that neither writes nor measures by itself, in its lab. */
async function opened(around = surroundings(new FakeEngine())) {
  const store = createBitdial(around);
  const state = () => store.getState();
  state().setAutoMeasure(false);
  state().setLive(false);
  await state().open();
  await state().openLab();
  const engine = around.engine as FakeEngine;
  engine.calls.length = 0;
  return { around, engine, state, store };
}

const settingsOf = (entries: readonly { setting: string }[]) =>
  entries.map(({ setting }) => setting);

describe("a sweep", () => {
  it("measures each setting once, canonical, the reference first, and gives the dial back", async () => {
    const { engine, state } = await opened();
    state().chooseSweep("own");
    state().editSweepList("int2-g32+bitserial+a8, int8-g32\nint8-g32");
    await state().runSweep();
    expect(state()).toMatchObject({
      sweepStatus: "done",
      sweepProgress: null,
      sweepFault: null,
      activity: "idle",
    });
    const measured = ["f32", "int2-g32+a8+bitserial", "int8-g32"];
    expect(settingsOf(state().sweepEntries)).toEqual(measured);
    expect(engine.calls.filter((call) => call.startsWith("evaluate"))).toHaveLength(2);
    expect(engine.calls.at(-1)).toBe("apply candidate int4-g32");
    expect(state().applied?.setting).toBe("int4-g32");
  });

  it("says which setting cannot be read, and measures nothing", async () => {
    const { engine, state } = await opened();
    state().chooseSweep("own");
    state().editSweepList("int8-g32, int9-g32");
    await state().runSweep();
    expect(state().sweepFault).toContain("int9");
    state().editSweepList(" , ");
    await state().runSweep();
    expect(state().sweepFault).toContain("at least one");
    expect(engine.calls).toEqual([]);
  });

  it("keeps what was measured when a setting fails, and goes on from there", async () => {
    const { engine, state } = await opened();
    state().chooseSweep("own");
    state().editSweepList("int8-g32, int3-g32, int2-g32");
    engine.refused.set("int3-g32", "The GPU device was lost.");
    await state().runSweep();
    expect(state()).toMatchObject({
      sweepStatus: "paused",
      sweepFault: "The GPU device was lost.",
    });
    expect(settingsOf(state().sweepEntries)).toEqual(["f32", "int8-g32"]);
    engine.refused.clear();
    await state().runSweep();
    expect(settingsOf(state().sweepEntries)).toEqual(["f32", "int8-g32", "int3-g32", "int2-g32"]);
    expect(state()).toMatchObject({ sweepStatus: "done", sweepFault: null });
  });

  it("pauses when asked and when a dial is turned, losing the setting in work alone", async () => {
    const { engine, state, store } = await opened();
    state().chooseSweep("bits");
    const interrupts = [() => state().pauseSweep(), async () => state().turnTo("int6-g64")];
    for (const [at, interrupt] of interrupts.entries()) {
      let asked: Promise<void> | undefined;
      const stop = store.subscribe(({ sweepEntries }) => {
        if (sweepEntries.length < 2 + 3 * at) return;
        stop();
        asked = interrupt();
      });
      await state().runSweep();
      await asked;
      expect(state()).toMatchObject({ sweepStatus: "paused", sweepFault: null });
      expect(state().sweepEntries.length).toBeLessThan(5 + 3 * at);
    }
    await vi.waitFor(() => expect(state().applied?.setting).toBe("int6-g64"));
    expect(engine.calls).toContain("cancel");
    await state().runSweep();
    expect(new Set(settingsOf(state().sweepEntries))).toEqual(new Set(presetSettings("bits")));
  });

  it("comes back after a reload, on the same model and device only, and is cleared for good", async () => {
    const { around, state } = await opened();
    state().chooseSweep("own");
    state().editSweepList("int8-g32, int2-g32");
    await state().runSweep();
    const again = await opened(
      surroundings(new FakeEngine(), { keep: around.keep, kept: around.kept }),
    );
    await again.state().restoreSweep();
    expect(again.state()).toMatchObject({ sweepStatus: "done", sweepChoice: "own" });
    expect(again.state().sweepEntries).toEqual(state().sweepEntries);

    const text = (await around.kept("sweep")) ?? "";
    for (const [there, here] of [
      ["Test adapter", "Another adapter"],
      ['"kl":{"mean"', '"kl":{"mode"'],
    ] as const) {
      expect(text).toContain(there);
      const kept = async () => text.replaceAll(there, here);
      const other = await opened(surroundings(new FakeEngine(), { kept }));
      await other.state().restoreSweep();
      expect(other.state().sweepEntries).toEqual([]);
    }

    await state().clearSweep();
    expect(state()).toMatchObject({ sweepStatus: "idle", sweepEntries: [] });
    expect(await around.kept("sweep")).toBeNull();
  });

  it("leaves as a report that reads back", async () => {
    const { state } = await opened();
    await expect(state().exportSweep("json")).rejects.toThrow("nothing to report");
    state().chooseSweep("own");
    state().editSweepList("int8-g32");
    await state().runSweep();
    const { name, text } = await state().exportSweep("json");
    expect(name).toMatch(/^bitdial-sweep-.*\.json$/);
    expect(readReport(text)).toMatchObject({ ok: true });
    for (const kind of ["markdown", "csv", "html"] as const) {
      expect((await state().exportSweep(kind)).text).toContain("int8-g32");
    }
  });
});

describe("labPoints", () => {
  it("puts the reference at KL 0 and marks what nothing beats", async () => {
    const { state } = await opened();
    state().chooseSweep("own");
    state().editSweepList("int8-g32");
    await state().runSweep();
    const [reference, candidate] = labPoints(state().sweepEntries);
    expect(reference).toMatchObject({ kl: 0, role: "reference", unbeaten: { size: true } });
    expect(candidate?.kl).toBeCloseTo(0.1);
    // As large as the reference and worse, but twice as fast.
    expect(candidate?.unbeaten).toMatchObject({ size: false, speed: true });
  });
});

describe("labFindings", () => {
  const point = (setting: string, megabytes: number, ratio: number, rate: number): LabPoint => ({
    setting,
    role: ratio === 1 ? "reference" : "candidate",
    megabytes,
    bitsPerWeight: megabytes,
    kl: ratio - 1,
    low: ratio - 1,
    high: ratio - 1,
    klP99: 1,
    perplexity: ratio,
    ratio: ratio === 1 ? Number.NaN : ratio,
    ratioLow: ratio - 0.01,
    ratioHigh: ratio + 0.01,
    sure: true,
    top1: 1,
    tokens: 100,
    decode: {
      medianMs: 1000 / rate,
      p10Ms: 1,
      p90Ms: 1,
      spread: 0,
      steady: true,
      samples: 3,
      tokensPerSecond: rate,
    },
    prefill: null,
    unbeaten: { size: true, speed: true, bits: true, sizeSpeed: true },
  });
  const reference = point("f32", 20, 1, 10);
  const close = point("int8", 6, 1.001, 20);
  const unsure = point("int4", 3, 1.015, 30);
  const far = point("int2", 2, 1.3, 40);

  it("takes the smallest that is surely within 2 %, and the fastest", () => {
    expect(labFindings([reference, far, unsure, close])).toEqual({
      smallest: { point: close, kept: true },
      fastest: far,
      reference,
    });
  });

  it("says when none is, and nothing of fewer than two", () => {
    expect(labFindings([reference, far, unsure])?.smallest).toEqual({ point: unsure, kept: false });
    expect(labFindings([reference, far])).toBeNull();
  });
});
