import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";
import { median } from "../../src/lib/stats.ts";

describe("x", () => {
  let opened: TestEngine;
  beforeAll(async () => { opened = await openTestEngine("stories"); });
  afterAll(() => opened.engine.dispose());
  it.each(["f32", "int4-g32", "int2-g32+a8+bitserial", "int4-g32+a8"])("%s", async (setting) => {
    await opened.engine.apply("candidate", setting, silent);
    for (let i = 0; i < 3; i++) {
      const b = performance.now();
      const p = await opened.engine.profile("candidate");
      const sum = p.kernels.reduce((s, { ms }) => s + ms, 0);
      console.log(setting, "sum", sum.toFixed(3), "outside", median(p.tokenMs).toFixed(3), Math.min(...p.tokenMs).toFixed(3), (sum / Math.min(...p.tokenMs)).toFixed(3), "took", performance.now() - b);
       
    }
    const s = await opened.engine.speed({ side: "candidate", promptTokens: 224, tokens: 64, repeats: 5 }, silent);
    console.log("speed", median(s.decodeMs));
    console.log(await opened.engine.roofs());
  }, 100000);
});
