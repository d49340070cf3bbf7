import { describe, expect, it } from "vitest";
import { reportEntry } from "../../src/lab/build-report.ts";
import { kernelKey, shapeOf } from "../../src/store/kernels-work.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

async function opened(kept = new Map<string, string>()) {
  const engine = new FakeEngine();
  const around = surroundings(engine, {
    keep: async (key, value) => void (value === null ? kept.delete(key) : kept.set(key, value)),
    kept: async (key) => kept.get(key) ?? null,
  });
  const store = createBitdial(around);
  const state = () => store.getState();
  state().setAutoMeasure(false);
  state().setLive(false);
  await state().open();
  await state().showKernel("int4-g32");
  return { engine, kept, state };
}

async function taken() {
  const all = await opened();
  const { state } = all;
  await state().editCopy();
  await state().changeCopy("fn main() { /* mine */ }");
  await state().judgeCopy();
  await state().takeCopy();
  return all;
}

describe("kernels of a shape", () => {
  it("measures roofs once, then every format, and saves what it has", async () => {
    const { engine, state } = await opened();
    await expect(state().exportKernels("json")).rejects.toThrow("Nothing was measured");
    await state().runKernels(["f32", "int4-g32"]);
    await state().runKernels(["int4-g32"]);
    expect(engine.calls.filter((call) => call === "roofs")).toHaveLength(1);
    const key = kernelKey("matvec", "int4-g32", { m: 1, n: 1024, k: 1024 });
    expect(state().kernelRows[key]).toMatchObject([{ variant: "one", ms: 2 }]);
    expect(state()).toMatchObject({ kernelRun: null, kernelFault: null, activity: "idle" });
    const { text } = await state().exportKernels("json");
    expect(JSON.parse(text)).toMatchObject({
      schema: "bitdial-kernels",
      adapter: { name: "Test adapter", software: true },
      rows: [{ format: "f32" }, { format: "int4-g32" }],
    });
    const { text: csv } = await state().exportKernels("csv");
    expect(csv.trimEnd().split("\r\n")).toHaveLength(3);
  });

  it("keeps what is done when one fails, and says which sentence", async () => {
    const { engine, state } = await opened();
    engine.refused.set("int3-g32", "There is no room for this.");
    await state().runKernels(["f32", "int3-g32", "int4-g32"]);
    expect(Object.keys(state().kernelRows)).toHaveLength(1);
    expect(state().kernelFault).toBe("There is no room for this.");
  });

  it("takes shapes with and without tokens, and says what is wrong with others", () => {
    expect(shapeOf("matvec", "768 x 256")).toEqual({ m: 1, n: 768, k: 256 });
    expect(shapeOf("matmul", "768x256")).toEqual({ m: 64, n: 768, k: 256 });
    expect(shapeOf("matmul", "5x768x256")).toEqual({ m: 5, n: 768, k: 256 });
    for (const text of ["", "768", "0x4", "1x2x3x4", "-3x4", "1.5x4"]) {
      expect(shapeOf("matvec", text), text).toContain("is no shape");
    }
    expect(shapeOf("matvec", "2x4x4")).toContain("one token");
    expect(shapeOf("matmul", "65536x65536")).toContain("too large");
  });
});

describe("a changed copy", () => {
  it("is not taken unless the very text has passed", async () => {
    const { engine, state } = await opened();
    await state().editCopy();
    await state().takeCopy();
    await state().changeCopy("fn broken() {}");
    await state().judgeCopy();
    expect(state().copyDraft?.verdict?.ok).toBe(false);
    await state().takeCopy();
    await state().changeCopy("fn main() {}");
    await state().judgeCopy();
    await state().changeCopy("fn main() { }");
    await state().takeCopy();
    expect(engine.calls.filter((call) => call.startsWith("copies"))).toEqual([]);
    expect(state().copies).toEqual([]);
  });

  it("computes for both sides, forgets the figures before, and is named in reports", async () => {
    const { engine, kept, state } = await taken();
    expect(engine.calls.slice(-3)).toEqual([
      "copies matvec/int4-g32/one",
      "apply reference f32",
      "apply candidate int4-g32",
    ]);
    expect(state().applied?.copies).toMatchObject([{ label: "matvec/int4-g32/one" }]);
    expect(state().copies).toMatchObject([{ adapter: "Test adapter", ratio: 0.5 }]);
    expect([...kept.keys()]).toEqual(["kernel-copies"]);
    const row = state().rows.at(-1);
    if (!row) throw new Error("no row");
    const entry = reportEntry({ ...row, speed: null });
    expect(Object.values(entry.variants)).toContain("one, changed copy dddddddd");
  });

  it("comes back with the page, before anything is applied, until it is removed", async () => {
    const { kept } = await taken();
    const again = await opened(kept);
    const { calls } = again.engine;
    expect(calls.indexOf("copies matvec/int4-g32/one")).toBeGreaterThan(calls.indexOf("load"));
    expect(calls.indexOf("copies matvec/int4-g32/one")).toBeLessThan(
      calls.findIndex((call) => call.startsWith("apply")),
    );
    await again.state().removeCopy("matvec/int4-g32/one");
    expect(again.engine.copies).toEqual([]);
    expect(again.state().applied?.copies).toEqual([]);
    expect(kept.size).toBe(0);
  });

  it("that was kept damaged is left out", async () => {
    for (const text of ["{", "{}", '[{"label": 3}]']) {
      const { engine, state } = await opened(new Map([["kernel-copies", text]]));
      expect(state().copies).toEqual([]);
      expect(engine.copies).toEqual([]);
      expect(state().boot).toBe("ready");
    }
  });

  it("forgets what was measured with the kernels before", async () => {
    const { state } = await opened();
    await state().measure("quick");
    const measured = () => state().rows.filter(({ quality, speed }) => quality || speed).length;
    expect(measured()).toBeGreaterThan(0);
    await state().editCopy();
    await state().judgeCopy();
    await state().takeCopy();
    expect(measured()).toBe(0);
  });
});
