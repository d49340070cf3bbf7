import { describe, expect, it } from "vitest";
import { agreementOf } from "../../src/lab/beside.ts";
import { fixedIds } from "../../src/lib/fixed-ids.ts";
import type { ModelConfig } from "../../src/model/config.ts";
import { createReference } from "../../src/model/reference.ts";
import { type MatrixName, matrixShape } from "../../src/model/weights.ts";
import { buildGraph, graphLack } from "../../src/peer/graph.ts";
import { nodeHost } from "../../src/peer/node.ts";
import { createPeer } from "../../src/peer/peer.ts";
import { dequantizeTensor, quantizeTensor } from "../../src/quant/quantize.ts";
import { formatOf, parseSetting, tableFormat } from "../../src/quant/setting.ts";
import { loadFixture } from "../model/fixtures.ts";

const { config, master } = await loadFixture("stories");

function weightsOf(text: string) {
  const setting = parseSetting(text, { layers: config.layers });
  const { vocabSize, hiddenSize } = config;
  return {
    bias: master.bias,
    norm: master.norm,
    finalNorm: master.finalNorm,
    matrix(layer: number, name: MatrixName) {
      const [rows, cols] = matrixShape(config, name);
      return quantizeTensor(master.matrix(layer, name), rows, cols, formatOf(setting, layer, name));
    },
    table: () =>
      quantizeTensor(master.embedding, vocabSize, hiddenSize, tableFormat(setting, "head")),
  };
}

/** Logits of our CPU reference on the values that the codes stand for. */
function expected(text: string, tokens: readonly number[]): Float32Array {
  const weights = weightsOf(text);
  const table = dequantizeTensor(weights.table());
  const values = {
    ...master,
    matrix: (layer: number, name: MatrixName) => dequantizeTensor(weights.matrix(layer, name)),
    embedding: table,
    head: table,
  };
  return createReference(config, values).forward(tokens, 0);
}

describe("buildGraph", () => {
  const tokens = fixedIds(12, config.vocabSize);

  it.each([
    ["f32", "fused"],
    ["int8-g32", "fused"],
    ["int4-g32", "plain"],
    ["int4-asym-g64;head=int4-g32;0.q=f32", "plain"],
  ] as const)(
    "%s with %s attention computes what the CPU reference does",
    async (text, attention) => {
      const setting = parseSetting(text);
      const graph = buildGraph(config, setting, weightsOf(text), { output: "all", attention });
      const model = { graph, shape: config, provider: "cpu", output: "all", attention } as const;
      // Eight at once, four on the cache.
      const logits = await createPeer(nodeHost).logits(model, tokens, 8);
      const { maxDifference } = agreementOf(expected(text, tokens), logits, config.vocabSize);
      expect(maxDifference).toBeLessThan(1e-4);
    },
  );

  it("names the format that the peer lacks", () => {
    const lack = (text: string): string | null => graphLack(config, parseSetting(text));
    expect(lack("int4-g32")).toBeNull();
    expect(lack("int4-g32;5.down=int3-g32")).toMatch(/not with int3-g32\.$/);
    expect(lack("int4-g32+2:4")).toMatch(/2:4/);
    expect(lack("int4-g32+a8")).toMatch(/leave them in f32/);
    expect(lack("int4-row")).toMatch(/groups are 32, 64 or 128/);
    expect(lack("f16")).toMatch(/not with f16/);
  });

  it("names what of a model the graph does not say", () => {
    const lack = (part: Partial<ModelConfig>): string | null =>
      graphLack({ ...config, ...part }, parseSetting("f32"));
    expect(lack({ activation: "gelu" })).toMatch(/no gated SiLU/);
    expect(lack({ norm: "layer" })).toMatch(/another way/);
    expect(lack({ rotary: [] })).toMatch(/rotate whole heads/);
    expect(lack({ layerKinds: [{ window: 8, rotary: 0 }] })).toMatch(/window/);
  });
});

describe("speed", () => {
  it("takes as many samples as asked for, of the lengths that fit", async () => {
    const peer = createPeer(nodeHost);
    const setting = parseSetting("int4-g32");
    const kind = { output: "next", attention: "fused" } as const;
    const graph = buildGraph(config, setting, weightsOf("int4-g32"), kind);
    await peer.open("it", { ...kind, graph, shape: config, provider: "cpu" });
    const sample = await peer.speed("it", { promptTokens: 6, tokens: 5, repeats: 3 });
    expect(sample).toMatchObject({ promptTokens: 6, tokens: 5, warmups: 1 });
    expect([sample.prefillMs.length, sample.decodeMs.length]).toEqual([3, 3]);
    const stopped = peer.speed("it", { promptTokens: 6, tokens: 200, repeats: 50 });
    await peer.cancel();
    await expect(stopped).rejects.toThrow("Stopped.");
    await peer.close();
    await expect(peer.speed("it", { promptTokens: 6, tokens: 5, repeats: 1 })).rejects.toThrow(
      "open one first",
    );
  });
});

describe("agreementOf", () => {
  it("finds the largest difference and the share of equal first choices", () => {
    const ours = Float32Array.of(1, 2, 5, 4);
    expect(agreementOf(ours, Float32Array.of(1, 2.5, 3, 4), 2)).toEqual({
      positions: 2,
      together: 2,
      maxDifference: 2,
      sameTop1: 0.5,
    });
    expect(agreementOf(ours, Float32Array.of(1, 2, Number.NaN, 4), 2).maxDifference).toBe(Infinity);
  });
});
