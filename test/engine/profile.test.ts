import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TokenProfile } from "../../src/engine/protocol.ts";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";

/** Tries of what another program on the machine can disturb. */
const TRIES = 6;

describe("where a token's time goes", () => {
  let opened: TestEngine;
  beforeAll(async () => {
    opened = await openTestEngine("stories");
  });
  afterAll(() => opened.engine.dispose());

  const profiled = async (setting: string): Promise<TokenProfile> => {
    await opened.engine.apply("candidate", setting, silent);
    return await opened.engine.profile("candidate");
  };

  it.each(["f32", "int4-g32", "int2-g32+a8+bitserial"])(
    "adds up to 85 to 105 %% of the token from outside with %s",
    async (setting) => {
      await opened.engine.apply("candidate", setting, silent);
      const shares: number[] = [];
      while (shares.length < TRIES) {
        const { kernels, tokenMs } = await opened.engine.profile("candidate");
        const share = kernels.reduce((sum, { ms }) => sum + ms, 0) / Math.min(...tokenMs);
        shares.push(share);
        if (share >= 0.85 && share <= 1.05) break;
      }
      console.log(`${setting}: modules over token ${shares.map((x) => x.toFixed(3)).join(", ")}`);
      expect(shares.at(-1)).toBeGreaterThanOrEqual(0.85);
      expect(shares.at(-1)).toBeLessThanOrEqual(1.05);
    },
    120_000,
  );

  it("has every dispatch of the plan once, and the bytes of every weight that a token reads", async () => {
    const state = await opened.engine.apply("candidate", "int4-g32", silent);
    const { kernels, position } = await opened.engine.profile("candidate");
    expect(position).toBe(opened.model.contextLength / 2);
    expect(kernels.reduce((sum, { calls }) => sum + calls, 0)).toBe(state.dispatchesPerToken);
    const products = kernels.filter(({ label }) => label.startsWith("matvec/"));
    const { layers, embedding } = state.size;
    const weights = layers.weights + layers.scales + layers.positions + embedding;
    // With inputs and outputs, which are small beside them.
    const bytes = products.reduce((sum, kernel) => sum + kernel.bytes, 0);
    expect(bytes).toBeGreaterThan(weights);
    expect(bytes).toBeLessThan(weights * 1.1);
    // Two a weight: every matrix inside the layers, and the table as the head.
    const { matrices, vocabSize, hiddenSize } = opened.model;
    const inLayer = Object.values(matrices).reduce((sum, [rows, cols]) => sum + rows * cols, 0);
    const operations = products.reduce((sum, kernel) => sum + kernel.operations, 0);
    expect(operations).toBe(2 * (6 * inLayer + vocabSize * hiddenSize));
  });

  it("gives rounding of activations to the matrix that reads them", async () => {
    const { kernels } = await profiled("int2-g32+a8+bitserial");
    const rounding = kernels.filter(({ label }) => label.startsWith("quantize/"));
    expect(rounding.map(({ module }) => module).sort()).toEqual([
      "down",
      "gateUp",
      "head",
      "o",
      "qkv",
    ]);
    const product = kernels.find(
      ({ label, module }) => module === "o" && label.startsWith("matvec/"),
    );
    // Two planes of weights meet eight of activations.
    expect(product?.arithmetic).toBe("popcount");
    expect(product?.roofOperations).toBe((product?.operations ?? 0) * 16);
    const head = kernels.find(
      ({ label, module }) => module === "head" && label.startsWith("matvec/"),
    );
    expect(head?.arithmetic).toBe("dp4a");
  });

  it("leaves the side's text where a new one begins", async () => {
    const request = {
      prompt: "Once upon a time",
      maxTokens: 8,
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 },
      sides: ["candidate"],
      compare: false,
    } as const;
    await opened.engine.apply("candidate", "int8-g32", silent);
    const before = await opened.engine.generate(request, silent);
    await opened.engine.profile("candidate");
    const after = await opened.engine.generate(request, silent);
    expect(after.sides[0]?.tokens).toEqual(before.sides[0]?.tokens);
  });
});
