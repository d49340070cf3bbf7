import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestEngine, silent, type TestEngine } from "../support/engine.ts";

const greedy = { temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 };
// On SwiftShader the widths at the ends.
const all = process.env.BITDIAL_ADAPTER !== "swiftshader";
const bits = all ? [2, 3, 4, 8] : [2, 8];
const activations = all ? [2, 4, 8] : [2, 8];
const tokens = 256;

describe("the exact kernel families", () => {
  let opened: TestEngine;

  beforeAll(async () => {
    opened = await openTestEngine("stories260K");
  });
  afterAll(() => opened.engine.dispose());

  const write = async (setting: string): Promise<readonly number[]> => {
    await opened.engine.apply("candidate", setting, silent);
    const { sides } = await opened.engine.generate(
      {
        prompt: "Once upon a time",
        maxTokens: tokens,
        sampling: greedy,
        sides: ["candidate"],
        compare: false,
      },
      silent,
    );
    return sides[0]?.tokens ?? [];
  };

  it.each(bits.flatMap((b) => activations.map((a) => [b, a] as const)))(
    "int%d x a%d: DP4A and bit-serial write the same tokens",
    async (b, a) => {
      const dp4a = await write(`int${b}-g32+a${a}+dp4a`);
      const bitserial = await write(`int${b}-g32+a${a}+bitserial`);
      expect(dp4a.length).toBeGreaterThan(0);
      expect(bitserial).toEqual(dp4a);
    },
  );

  it.each(["bipolar2-g32+a4", "bcq3-g32+a8"])(
    "%s: DP4A and tables write the same tokens",
    async (setting) => {
      const dp4a = await write(`${setting}+dp4a`);
      const lut = await write(`${setting}+lut`);
      expect(dp4a.length).toBeGreaterThan(0);
      expect(lut).toEqual(dp4a);
    },
  );
});
