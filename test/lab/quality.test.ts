import { expect, it } from "vitest";
import type { ScoredToken } from "../../src/engine/protocol.ts";
import { bitsPerByte, createQuality, type Estimate } from "../../src/lab/quality.ts";
import { createRng } from "../../src/lib/rng.ts";
import { scoredToken } from "../support/scored-token.ts";

function scored(position: number, values: Partial<ScoredToken> = {}): ScoredToken {
  return scoredToken({ position, ...values });
}

function rows(count: number, at: (index: number) => Partial<ScoredToken>): ScoredToken[] {
  return Array.from({ length: count }, (_, index) => scored(index + 1, at(index)));
}

function summaryOf(tokens: readonly ScoredToken[]) {
  const quality = createQuality();
  quality.push(tokens);
  return quality.summary();
}

/** Noise of variance 1 around `mean`, each value leaning on the one before as in a text. */
function correlated(count: number, mean: number, lean: number, seed: number): number[] {
  const rng = createRng(seed);
  let value = rng.gauss();
  return Array.from({ length: count }, () => {
    value = lean * value + Math.sqrt(1 - lean * lean) * rng.gauss();
    return mean + value;
  });
}

function covers({ interval }: Estimate, value: number): boolean {
  return interval !== null && interval.low <= value && value <= interval.high;
}

it("computes known values", () => {
  const summary = summaryOf([
    scored(1, { referenceNll: 1, candidateNll: 2, kl: 0.1 }),
    scored(2, { referenceNll: 2, candidateNll: 2, kl: 0.4, sameTop1: false, top5: 0.6 }),
    scored(3, { referenceNll: 3, candidateNll: 5, kl: 0.2, top5: 0.8 }),
    scored(4, { referenceNll: 0, candidateNll: 0, kl: 0.3, top5: 0.4 }),
  ]);
  expect(summary.tokens).toBe(4);
  expect(summary.nll.reference.value).toBe(1.5);
  expect(summary.nll.candidate.value).toBe(2.25);
  expect(summary.nll.difference.value).toBe(0.75);
  expect(summary.perplexity.candidate.value).toBeCloseTo(Math.exp(2.25), 12);
  expect(summary.perplexity.ratio.value).toBeCloseTo(Math.exp(0.75), 12);
  expect(summary.kl.value).toBeCloseTo(0.25, 12);
  expect(summary.kl.median).toBeCloseTo(0.25, 12);
  expect(summary.kl.p95).toBeCloseTo(0.385, 12);
  expect(summary.kl.p99).toBeCloseTo(0.397, 12);
  expect(summary.kl.max).toBe(0.4);
  expect(summary.top1.value).toBe(0.75);
  expect(summary.top5.value).toBeCloseTo(0.7, 12);
  // Four tokens say nothing about the rest of a text.
  expect(summary.kl.interval).toBeNull();
  expect(bitsPerByte(2.25, 4, 9)).toBeCloseTo(1 / Math.LN2, 12);
});

it("has no values before the first token", () => {
  const summary = createQuality().summary();
  expect(summary.tokens).toBe(0);
  expect(summary.perplexity.candidate.value).toBeNaN();
  expect(summary.kl.max).toBeNaN();
  expect(summary.top1.interval).toBeNull();
});

it("finds no difference between identical sides", () => {
  const rng = createRng(3);
  const same = rows(3000, () => {
    const nll = 3 * rng.uniform();
    return { referenceNll: nll, candidateNll: nll };
  });
  const { nll, perplexity, kl, top1, top5 } = summaryOf(same);
  expect(nll.difference).toEqual({ value: 0, interval: { low: 0, high: 0 } });
  expect(perplexity.ratio).toEqual({ value: 1, interval: { low: 1, high: 1 } });
  const zero = { value: 0, interval: { low: 0, high: 0 }, median: 0, p95: 0, p99: 0, max: 0 };
  expect(kl).toEqual(zero);
  expect(top5.value).toBe(1);
  // 3,000 equal choices do not prove that all are.
  expect(top1.value).toBe(1);
  expect(top1.interval?.high).toBe(1);
  expect(top1.interval?.low).toBeLessThan(1);
  expect(top1.interval?.low).toBeGreaterThan(0.998);
});

it("does not depend on how the rows arrive", () => {
  const rng = createRng(5);
  const tokens = rows(2500, () => ({ candidateNll: rng.laplace(), kl: rng.uniform() }));
  const pieces = createQuality();
  for (let at = 0; at < tokens.length; at += 37) {
    pieces.push(tokens.slice(at, at + 37));
    if (at % 5 === 0) pieces.summary();
  }
  expect(pieces.summary()).toEqual(summaryOf(tokens));
});

it("gives intervals that hold the true mean in about 95 of 100 texts", () => {
  const texts = 60;
  const held = { nll: 0, kl: 0 };
  for (let text = 0; text < texts; text++) {
    const nll = correlated(2048, 2, 0.8, 2 * text + 1);
    const rng = createRng(2 * text + 2);
    const summary = summaryOf(
      rows(2048, (index) => ({ candidateNll: nll[index] ?? 0, kl: Math.abs(rng.laplace()) })),
    );
    if (covers(summary.nll.candidate, 2)) held.nll++;
    if (covers(summary.kl, 1)) held.kl++;
  }
  for (const count of Object.values(held)) {
    expect(count / texts).toBeGreaterThan(0.85);
  }
});

it("sees a difference smaller than the noise that both sides share", () => {
  const shared = correlated(4000, 2, 0.5, 11);
  const rng = createRng(12);
  const { nll } = summaryOf(
    rows(4000, (index) => {
      const reference = shared[index] ?? 0;
      return { referenceNll: reference, candidateNll: reference + 0.01 + 0.05 * rng.gauss() };
    }),
  );
  expect(covers(nll.difference, 0.01)).toBe(true);
  expect(covers(nll.difference, 0)).toBe(false);
  // Each side alone could not have told.
  expect(covers(nll.candidate, nll.reference.value)).toBe(true);
});

it("narrows the intervals as the text grows", () => {
  const nll = correlated(16_000, 2, 0.3, 21);
  const widths = [1000, 4000, 16_000].map((count) => {
    const { nll: found } = summaryOf(rows(count, (index) => ({ candidateNll: nll[index] ?? 0 })));
    const interval = found.candidate.interval;
    return interval ? interval.high - interval.low : Number.POSITIVE_INFINITY;
  });
  expect(widths[0]).toBe(Number.POSITIVE_INFINITY);
  expect((widths[2] ?? 0) / (widths[1] ?? 1)).toBeGreaterThan(0.35);
  expect((widths[2] ?? 0) / (widths[1] ?? 1)).toBeLessThan(0.7);
});

it("draws documents where there are enough of them, and blocks where not", () => {
  const rng = createRng(31);
  const text = (documents: number) =>
    summaryOf(
      rows(2400, (index) => ({
        document: Math.floor((index * documents) / 2400),
        kl: Math.abs(rng.gauss()),
      })),
    );
  expect(text(24).drawn).toEqual({ unit: "documents", count: 24 });
  expect(text(3).drawn).toEqual({ unit: "blocks", count: 37 });
  // Many are drawn several neighbours at a time, so that the cost stays.
  expect(text(600).drawn).toEqual({ unit: "documents", count: 200 });
});

/**
 * Documents differ from one another far more than chance within them would have it. An interval that draws documents must hold the
 * truth about as often as it says.
 */
it("covers the truth in 90 to 99 of 100 texts of dependent documents", () => {
  const TEXTS = 200;
  const TRUTH = 0.5;
  let held = 0;
  for (let text = 0; text < TEXTS; text++) {
    const rng = createRng(1000 + text);
    const levels = Array.from({ length: 40 }, () => TRUTH + 0.2 * rng.gauss());
    const { nll } = summaryOf(
      rows(40 * 60, (index) => {
        const document = Math.floor(index / 60);
        const change = (levels[document] ?? 0) + 0.5 * rng.laplace();
        return { document, referenceNll: 2, candidateNll: 2 + change };
      }),
    );
    if (covers(nll.difference, TRUTH)) held++;
  }
  expect(held / TEXTS).toBeGreaterThanOrEqual(0.9);
  expect(held / TEXTS).toBeLessThanOrEqual(0.99);
}, 60_000);

it("cuts a text by context and by class, and loses no token", () => {
  const quality = createQuality();
  quality.push(
    rows(1200, (index) => ({
      context: index % 300,
      tokenClass: index % 3 === 0 ? "punctuation" : "word",
      kl: index % 3 === 0 ? 0.3 : 0.1,
      sameTop1: index % 3 !== 0,
    })),
  );
  const { byClass, byContext } = quality.parts();
  expect(byClass.map(({ name, tokens }) => [name, tokens])).toEqual([
    ["word", 800],
    ["punctuation", 400],
  ]);
  expect(byClass[0]?.kl.value).toBeCloseTo(0.1, 12);
  expect(byClass[1]?.kl.value).toBeCloseTo(0.3, 12);
  expect(byClass[1]?.top1.value).toBe(0);
  expect(byContext.map(({ name }) => name)).toEqual([
    "0 to 7",
    "8 to 31",
    "32 to 127",
    "128 to 511",
  ]);
  expect(byContext.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(1200);
});
