import { expect, it } from "vitest";
import type { EvaluateSummary, ScoredToken } from "../../src/engine/protocol.ts";
import { isWithin, measureQuality } from "../../src/lab/measure-quality.ts";
import { createRng } from "../../src/lib/rng.ts";
import { scoredToken } from "../support/scored-token.ts";

const request = { text: "", name: "t", sha256: "0".repeat(64), window: 256, stride: 128 };

/** Hands out rows in chunks of 128 until they are enough. */
function engineOf(all: readonly ScoredToken[]) {
  return {
    evaluate: async (
      { maxTokens = all.length }: { readonly maxTokens?: number },
      onChunk: (chunk: { rows: readonly ScoredToken[]; done: number; total: number }) => unknown,
    ): Promise<EvaluateSummary> => {
      let done = 0;
      let ended: EvaluateSummary["ended"] = maxTokens < all.length ? "limit" : "text";
      while (done < maxTokens) {
        const rows = all.slice(done, Math.min(done + 128, maxTokens));
        done += rows.length;
        if ((await onChunk({ rows, done, total: maxTokens })) === "enough") {
          ended = "enough";
          break;
        }
      }
      return { scoredTokens: done, scoredBytes: 4 * done, ended };
    },
  };
}

function noisy(count: number, noise: number): ScoredToken[] {
  const rng = createRng(8);
  return Array.from({ length: count }, (_, at) =>
    scoredToken({ position: at + 1, kl: Math.max(0, 0.1 + noise * rng.gauss()) }),
  );
}

it("stops at the first look at which the interval is narrow enough, and says so", async () => {
  const measured = await measureQuality(
    engineOf(noisy(20_000, 0.02)),
    { ...request, within: 0.05 },
    () => {},
  );
  expect(measured?.ended).toBe("enough");
  expect(measured?.within).toBe(0.05);
  expect(measured?.summary.tokens).toBe(2048);
  expect(measured && isWithin(measured.summary, 0.05)).toBe(true);
  expect(measured?.total).toBe(20_000);
});

it("goes on while the interval is wide", async () => {
  const wide = engineOf(noisy(12_000, 2));
  const measured = await measureQuality(wide, { ...request, within: 0.03 }, () => {});
  expect(measured?.summary.tokens).toBeGreaterThan(2048);
  const never = await measureQuality(wide, { ...request, within: 0.0001 }, () => {});
  expect(never?.ended).toBe("text");
  expect(never?.summary.tokens).toBe(12_000);
});

it("scores what it is told without a rule to stop", async () => {
  const measured = await measureQuality(
    engineOf(noisy(5000, 0.01)),
    { ...request, maxTokens: 3000 },
    () => {},
  );
  expect(measured?.ended).toBe("limit");
  expect(measured?.summary.tokens).toBe(3000);
  expect(measured?.bitsPerByte?.candidate).toBeCloseTo(1 / Math.LN2 / 4, 12);
});

it("has nothing to say of no token", async () => {
  expect(await measureQuality(engineOf([]), request, () => {})).toBeNull();
});
