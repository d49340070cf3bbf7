import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";

describe("speed", () => {
  let opened: TestEngine;

  beforeAll(async () => {
    opened = await openTestEngine("stories260K");
    await opened.engine.apply("reference", "f32", silent);
    await opened.engine.apply("candidate", "int4-g32", silent);
  });
  afterAll(() => opened.engine.dispose());

  it("keeps the first run apart, once, and counts what a repeat asks of the GPU", async () => {
    const { engine } = opened;
    const state = await engine.apply("candidate", "int8-g32", silent);
    const request = { side: "candidate", promptTokens: 40, tokens: 20, repeats: 2 } as const;
    const alone = await engine.speed({ ...request, repeats: 0 }, silent);
    expect(alone).toMatchObject({ prefillMs: [], decodeMs: [], warmups: 1 });
    expect(alone.cold?.prefillMs).toBeGreaterThan(0);
    expect(alone.cold?.decodeMs).toBeGreaterThan(0);

    const before = await engine.counters();
    const warm = await engine.speed({ ...request, warmups: 0 }, silent);
    const after = await engine.counters();
    expect(warm.cold).toBeNull();
    expect(warm.prefillMs).toHaveLength(2);
    expect(warm.decodeMs.every((ms) => ms > 0)).toBe(true);
    // 40 tokens are three batches, the last of which is submitted with the first sample; 19 more take submits of 8, 8 and 3.
    const { prefill, decode, liveBytes, peakBytes } = warm.counters ?? {};
    expect([prefill?.submits, prefill?.readbackBytes]).toEqual([3, 4]);
    expect([decode?.submits, decode?.readbackBytes]).toEqual([3, 19 * 4]);
    expect(decode?.dispatches).toBe(19 * state.dispatchesPerToken);
    expect(after.dispatches - before.dispatches).toBe(
      2 * ((prefill?.dispatches ?? 0) + (decode?.dispatches ?? 0)),
    );
    expect(liveBytes).toBe(after.liveBytes);
    expect(peakBytes).toBeGreaterThanOrEqual(after.liveBytes);
    expect(after.buffersMade).toBe(before.buffersMade);
  });

  it("has curves at the positions and prompts asked for, within the context", async () => {
    const { engine, model } = opened;
    const last = model.contextLength - 8;
    const curves = await engine.curves(
      {
        side: "candidate",
        positions: [last, 8, 8, last + 1],
        promptTokens: [model.contextLength - 1, 1, 16, model.contextLength],
        repeats: 3,
      },
      silent,
    );
    expect(curves.byPosition.map(({ position }) => position)).toEqual([8, last]);
    expect(curves.prefillByTokens.map(({ tokens }) => tokens)).toEqual([
      1,
      16,
      model.contextLength - 1,
    ]);
    const times = [
      ...curves.byPosition.flatMap(({ decodeMs }) => decodeMs),
      ...curves.prefillByTokens.flatMap(({ prefillMs }) => prefillMs),
    ];
    expect(times).toHaveLength(15);
    expect(times.every((ms) => ms > 0)).toBe(true);
    expect(Math.min(...(curves.prefillByTokens.at(-1)?.prefillMs ?? []))).toBeGreaterThan(
      Math.max(...(curves.prefillByTokens[0]?.prefillMs ?? [])),
    );
    expect(opened.problems).toEqual([]);
  });

  it("stops soon when told to, and stays usable", async () => {
    const { engine } = opened;
    const request = { side: "candidate", positions: [8, 64], promptTokens: [64], repeats: 1e6 };
    let visits = 0;
    const running = engine.curves({ ...request, side: "candidate" }, () => {
      visits++;
      if (visits === 5) void engine.cancel();
    });
    await expect(running).rejects.toThrow("Stopped");
    expect(visits).toBeLessThan(8);
    const next = await engine.speed(
      { side: "candidate", promptTokens: 4, tokens: 4, repeats: 1 },
      silent,
    );
    expect(next.decodeMs).toHaveLength(1);
  });

  it("says by what kernels were timed", async () => {
    const { kernels: rows } = await opened.engine.profile("candidate");
    expect(rows.every(({ ms }) => ms > 0)).toBe(true);
    const without = await openTestEngine("stories260K", { withoutFeatures: ["timestamp-query"] });
    await without.engine.apply("candidate", "int4-g32", silent);
    const { kernels: slopes } = await without.engine.profile("candidate");
    expect(new Set(slopes.map(({ measuredBy }) => measuredBy))).toEqual(new Set(["repeats"]));
    await without.engine.dispose();
  });
});
