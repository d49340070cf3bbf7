import { describe, expect, it } from "vitest";
import {
  curvesOf,
  densityBands,
  densityCells,
  likeliestOf,
  sortedRanks,
} from "../../src/store/chart-figures.ts";
import { createBitdial } from "../../src/store/store.ts";
import { FakeEngine, surroundings } from "./fake-engine.ts";

async function opened() {
  const engine = new FakeEngine();
  const store = createBitdial(surroundings(engine));
  const state = () => store.getState();
  state().setAutoMeasure(false);
  state().setLive(false);
  await state().open();
  await state().openLab();
  engine.calls.length = 0;
  return { engine, state };
}

describe("charts on demand", () => {
  it("measure the curves of both sides in turns, and put them into their rows and the report", async () => {
    const { engine, state } = await opened();
    await state().drawCurves();
    expect(engine.calls.slice(0, 4)).toEqual([
      "curves reference",
      "curves candidate",
      "curves candidate",
      "curves reference",
    ]);
    expect(state()).toMatchObject({ activity: "idle", chartKind: null, chartFault: null });
    const sides = curvesOf(state().rows, "int4-g32");
    expect(sides.map(({ setting, side }) => `${side} ${setting}`)).toEqual([
      "reference f32",
      "candidate int4-g32",
    ]);
    expect(sides[1]?.curves.byPosition[0]).toMatchObject({ position: 8, samples: 2, steady: true });
    await state().measure("quick");
    const { text } = await state().exportReport("json");
    const entry = JSON.parse(text).settings.find(
      ({ setting }: { setting: string }) => setting === "int4-g32",
    );
    expect(entry.speed.byPosition[0]).toEqual({ position: 8, decodeMs: [2.125, 2.125] });
    expect(entry.speed.prefillByTokens.at(-1).tokens).toBe(127);
    expect(entry.speed.stopped).toMatchObject({ because: "steady", leastRepeats: 3 });
    expect(entry.speed.counters.decode).toEqual({
      dispatches: 310,
      submits: 4,
      readbackBytes: 124,
    });
  });

  it("keep what was traced with the settings it was traced under", async () => {
    const { state } = await opened();
    await state().traceText();
    expect(state().trace).toMatchObject({ reference: "f32", setting: "int4-g32" });
    expect(state().trace?.result.tokens).toHaveLength(3);
    await state().showNextToken(2);
    expect(state().nextToken?.result.position).toBe(2);
    await state().drawLayerErrors();
    expect(state().layerErrors).toMatchObject({ setting: "int4-g32", tokens: 8 });
  });

  it("end as a sentence when they fail", async () => {
    const { engine, state } = await opened();
    engine.trace = () => Promise.reject(new Error("The GPU device was lost."));
    await state().traceText();
    expect(state().chartFault).toEqual({ kind: "trace", sentence: "The GPU device was lost." });
    expect(state()).toMatchObject({ activity: "idle", trace: null });
  });

  it("lead to a cell of the layer grid", async () => {
    const { state } = await opened();
    state().goTo("lab");
    state().aimAt({ layer: 1, matrix: "down" });
    expect(state()).toMatchObject({
      place: "playground",
      view: "dials",
      aim: { layer: 1, matrix: "down" },
    });
    state().aimAt(null);
    expect(state()).toMatchObject({ place: "playground", aim: null });
  });
});

describe("figures of charts", () => {
  const density = {
    leastNats: -4,
    cells: 4,
    counts: [3, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4],
  };

  it("puts cells where their log-probabilities are", () => {
    expect(densityCells(density)).toEqual([
      { x1: -4, x2: -3, y1: -4, y2: -3, count: 3 },
      { x1: -4, x2: -3, y1: -1, y2: 0, count: 1 },
      { x1: -1, x2: 0, y1: -2, y2: -1, count: 2 },
      { x1: -1, x2: 0, y1: -1, y2: 0, count: 4 },
    ]);
  });

  it("sums them in bands, likeliest first", () => {
    const [likely, rare] = densityBands(density, 2);
    expect(likely).toMatchObject({ from: -2, to: 0, count: 6, near: 1 });
    expect(likely?.change).toBeCloseTo(-1 / 3, 12);
    expect(rare).toEqual({ from: -4, to: -2, count: 4, change: 0.75, near: 0.75 });
  });

  it("thins out ranks, but keeps the first and the last", () => {
    const row = Float32Array.from({ length: 5000 }, (_, at) => 0 - at);
    const ranks = sortedRanks(row);
    expect(ranks.slice(0, 3)).toEqual([
      { rank: 1, nats: 0 },
      { rank: 2, nats: -1 },
      { rank: 3, nats: -2 },
    ]);
    expect(ranks.at(-1)).toEqual({ rank: 5000, nats: -4999 });
    expect(ranks.length).toBeLessThan(200);
  });

  it("names the likeliest with their rank under both", () => {
    const rows = likeliestOf({
      position: 1,
      target: 2,
      reference: Float32Array.of(-1, -0.5, -3),
      candidate: Float32Array.of(-0.4, -2, -2),
      names: { 0: "a", 1: "b", 2: "c" },
    });
    expect(
      rows.map(({ id, reference, candidate }) => [id, reference.rank, candidate.rank]),
    ).toEqual([
      [1, 1, 2],
      [0, 2, 1],
      [2, 3, 2],
    ]);
  });
});
