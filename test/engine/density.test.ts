import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DENSITY_SCALE } from "../../src/lab/density.ts";
import { bitsPerByte, createQuality } from "../../src/lab/quality.ts";
import { sha256Hex } from "../../src/lib/sha256.ts";
import { openTestEngine, silent } from "../support/engine.ts";

const { small, large, textSha256, window, stride, setting } = DENSITY_SCALE;
const text = readFileSync(join(import.meta.dirname, "../../public/texts/stories.txt"), "utf8");

describe("the scale of density", () => {
  it("is of the text that the page measures on", async () => {
    expect(await sha256Hex(text)).toBe(textSha256);
  });

  it.each([
    ["stories260K", small],
    ["stories", large],
  ] as const)(
    "holds the loss of %s's first tokens as it is measured here",
    async (name, point) => {
      const { engine, model } = await openTestEngine(name);
      expect(model.sha256).toBe(point.sha256);
      expect(model.parameters).toBe(point.parameters);
      await engine.apply("reference", setting, silent);
      await engine.apply("candidate", setting, silent);
      const quality = createQuality();
      const { scoredBytes } = await engine.evaluate(
        { text, window, stride, maxTokens: 2048 },
        ({ rows }) => {
          quality.push(rows);
        },
      );
      await engine.dispose();
      const { nll, tokens } = quality.summary();
      const measured = bitsPerByte(nll.candidate.value, tokens, scoredBytes);
      expect(Math.abs(measured / point.beginning - 1)).toBeLessThan(1e-3);
    },
    120_000,
  );
});
