import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measureBeside } from "../../src/lab/beside.ts";
import { nodeHost } from "../../src/peer/node.ts";
import { createPeer } from "../../src/peer/peer.ts";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";

describe("ONNX Runtime beside the engine", () => {
  let opened: TestEngine;

  beforeAll(async () => {
    opened = await openTestEngine("stories");
  });
  afterAll(async () => await opened.engine.dispose());

  it.each([
    ["f32", 1e-3],
    ["int4-g32", 5e-3],
    ["int8-g32;head=f32;2.up=int4-asym-g64", 5e-3],
  ])("computes the logits of %s", async (setting, bound) => {
    const lacks: string[] = [];
    const [row] = await measureBeside(
      opened.engine,
      createPeer(nodeHost),
      {
        model: opened.model,
        settings: [setting],
        providers: ["webgpu", "cpu"],
        speed: { promptTokens: 4, tokens: 2 },
        rule: { leastRepeats: 1, mostRepeats: 1, mostMs: 1000 },
      },
      {
        signal: new AbortController().signal,
        onProgress: silent,
        onState: silent,
        onLack: (sentence) => lacks.push(sentence),
      },
    );
    expect(lacks).toEqual([]);
    expect(row?.peers.map(({ provider }) => provider)).toEqual(["webgpu", "cpu"]);
    for (const { agreement, sample } of row?.peers ?? []) {
      expect(agreement.positions).toBe(64);
      expect(agreement.maxDifference).toBeLessThan(bound);
      expect(agreement.sameTop1).toBe(1);
      expect(sample.decodeMs).toHaveLength(1);
    }
  });

  it("says what ONNX Runtime cannot run", async () => {
    await expect(opened.engine.exportOnnx("int3-g32", "all", "fused")).rejects.toThrow(
      /^int3-g32: ONNX Runtime .* not with int3-g32\.$/,
    );
  });
});
