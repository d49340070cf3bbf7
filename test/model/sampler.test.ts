import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  argmax,
  keptMasses,
  randomBits,
  type SamplingSettings,
  sample,
} from "../../src/model/sampler.ts";

const plain: SamplingSettings = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  seed: 1,
};

/** Logits whose probabilities are these weights' shares. */
function logitsOf(...weights: number[]): Float32Array {
  return Float32Array.from(weights, Math.log);
}

function keptIds(logits: Float32Array, settings: Partial<SamplingSettings>): number[] {
  const ids: number[] = [];
  keptMasses(logits, null, { ...plain, ...settings }).forEach((mass, id) => {
    if (mass > 0) ids.push(id);
  });
  return ids;
}

describe("greedy", () => {
  it("takes the largest logit, the lowest id on ties, whatever the other settings", () => {
    const logits = Float32Array.of(1, 3, 3, -2);
    const settings = { ...plain, temperature: 0, topK: 1, topP: 0.1, minP: 0.9 };
    for (let position = 0; position < 5; position++) {
      expect(sample(logits, null, settings, position)).toBe(1);
    }
    expect(argmax(Float32Array.of(-5, -4, -4))).toBe(1);
  });

  it("applies the repetition penalty first, which divides or multiplies by sign", () => {
    const settings = { ...plain, temperature: 0, repetitionPenalty: 2 };
    const seenFirst = Uint8Array.of(1, 0, 0);
    expect(sample(Float32Array.of(3, 2, 1), seenFirst, settings, 0)).toBe(1);
    expect(sample(Float32Array.of(-1, -1.5, -9), seenFirst, settings, 0)).toBe(1);
    expect(sample(Float32Array.of(3, 1.4, 1), seenFirst, settings, 0)).toBe(0);
    expect(sample(Float32Array.of(3, 2, 1), null, settings, 0)).toBe(0);
  });
});

describe("masses", () => {
  it("are the probabilities in units of 2^-31, rounded down", () => {
    const masses = keptMasses(logitsOf(4, 2, 1, 1), null, plain);
    expect([...masses]).toEqual([2 ** 30, 2 ** 29, 2 ** 28, 2 ** 28]);
    const hot = keptMasses(logitsOf(4, 1), null, { ...plain, temperature: 2 });
    expect((hot[0] ?? 0) / (hot[1] ?? 1)).toBeCloseTo(2, 5);
  });

  it("survive logits far apart and a tiny temperature", () => {
    expect(keptIds(Float32Array.of(-1e30, 5, 5), { temperature: 1e-30 })).toEqual([1, 2]);
    const spread = Float32Array.from({ length: 50_000 }, () => 0);
    const total = keptMasses(spread, null, plain).reduce((a, b) => a + b, 0);
    expect(total).toBeLessThan(2 ** 32);
    expect(total).toBeGreaterThan(2 ** 31 * 0.999);
  });
});

describe("kept sets", () => {
  const logits = logitsOf(1, 8, 2, 4, 1);

  it("top-k keeps the k likeliest, and all that equal the k-th", () => {
    expect(keptIds(logits, { topK: 1 })).toEqual([1]);
    expect(keptIds(logits, { topK: 3 })).toEqual([1, 2, 3]);
    expect(keptIds(logits, { topK: 4 })).toEqual([0, 1, 2, 3, 4]);
    expect(keptIds(logits, { topK: 99 })).toEqual([0, 1, 2, 3, 4]);
    expect(keptIds(logits, { topK: 0 })).toEqual([0, 1, 2, 3, 4]);
  });

  it("top-p keeps the shortest start that reaches the share, and all that equal its last", () => {
    expect(keptIds(logits, { topP: 0.01 })).toEqual([1]);
    expect(keptIds(logits, { topP: 0.4999 })).toEqual([1]);
    expect(keptIds(logits, { topP: 0.51 })).toEqual([1, 3]);
    expect(keptIds(logits, { topP: 0.8 })).toEqual([1, 2, 3]);
    expect(keptIds(logits, { topP: 0.9 })).toEqual([0, 1, 2, 3, 4]);
    expect(keptIds(logits, { topP: 0 })).toEqual([1]);
  });

  it("top-p counts the share of what top-k left", () => {
    expect(keptIds(logits, { topK: 2, topP: 0.66 })).toEqual([1]);
    expect(keptIds(logits, { topK: 2, topP: 0.67 })).toEqual([1, 3]);
  });

  it("min-p keeps what has the share of the likeliest", () => {
    expect(keptIds(logits, { minP: 0.24 })).toEqual([1, 2, 3]);
    expect(keptIds(logits, { minP: 0.26 })).toEqual([1, 3]);
    expect(keptIds(logits, { minP: 1 })).toEqual([1]);
    expect(keptIds(Float32Array.of(1, 1, 0), { minP: 1 })).toEqual([0, 1]);
  });

  it("are what a plain sort and walk keeps", () => {
    const random = fc.array(fc.float({ min: -6, max: 6, noNaN: true }), {
      minLength: 1,
      maxLength: 40,
    });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(random, fc.nat(45), share, share, (values, topK, topP, minP) => {
        const some = Float32Array.from(values);
        expect(keptIds(some, { topK, topP, minP })).toEqual(walk(some, topK, topP, minP));
      }),
      { numRuns: 500, seed: 11 },
    );
  });
});

/** The rules as their definitions read, thresholds exact in BigInt. */
function walk(logits: Float32Array, topK: number, topP: number, minP: number): number[] {
  const masses = keptMasses(logits, null, plain);
  const mass = (id: number): number => masses[id] ?? 0;
  const units = (share: number): bigint => BigInt(Math.round(share * 2 ** 24));
  let ids = Array.from(logits.keys())
    .filter((id) => mass(id) > 0)
    .sort((a, b) => mass(b) - mass(a) || a - b);
  const largest = mass(ids[0] ?? 0);
  if (topK > 0)
    ids = ids.filter((id) => mass(id) >= mass(ids[Math.min(topK, ids.length) - 1] ?? 0));
  if (topP < 1) {
    const total = ids.reduce((sum, id) => sum + BigInt(mass(id)), 0n);
    let sum = 0n;
    let last = 0;
    for (const id of ids) {
      sum += BigInt(mass(id));
      last = mass(id);
      if (sum << 24n >= total * units(topP)) break;
    }
    ids = ids.filter((id) => mass(id) >= last);
  }
  return ids
    .filter((id) => BigInt(mass(id)) << 24n >= BigInt(largest) * units(minP))
    .sort((a, b) => a - b);
}

describe("the draw", () => {
  it("follows the masses (chi-square over 20000 positions)", () => {
    const logits = logitsOf(5, 0.5, 3, 1, 0.5);
    const settings = { ...plain, seed: 1234 };
    const draws = 20_000;
    const counts = new Array<number>(logits.length).fill(0);
    for (let position = 0; position < draws; position++) {
      const id = sample(logits, null, settings, position);
      counts[id] = (counts[id] ?? 0) + 1;
    }
    const chiSquare = [0.5, 0.05, 0.3, 0.1, 0.05].reduce((sum, share, id) => {
      const expected = share * draws;
      return sum + ((counts[id] ?? 0) - expected) ** 2 / expected;
    }, 0);
    // Four degrees of freedom: 18.5 is passed once in a thousand.
    expect(chiSquare).toBeLessThan(18.5);
  });

  it("follows the masses over seeds too", () => {
    const logits = logitsOf(3, 1);
    let first = 0;
    for (let seed = 0; seed < 4000; seed++) {
      if (sample(logits, null, { ...plain, seed }, 7) === 0) first++;
    }
    // Three standard deviations are 82.
    expect(Math.abs(first - 3000)).toBeLessThan(82);
  });

  it("depends on seed and position alone", () => {
    const logits = Float32Array.from({ length: 300 }, (_, i) => Math.sin(i));
    const run = (seed: number): number[] =>
      Array.from({ length: 50 }, (_, position) =>
        sample(logits, null, { ...plain, seed }, position),
      );
    expect(run(42)).toEqual(run(42));
    expect(run(42)).not.toEqual(run(43));
    expect(new Set(run(42)).size).toBeGreaterThan(20);
  });

  it("never takes a token that was left out", () => {
    const logits = Float32Array.from({ length: 64 }, (_, i) => Math.cos(i * i));
    const settings = { ...plain, topK: 10, topP: 0.8, minP: 0.3 };
    const masses = keptMasses(logits, null, settings);
    for (let position = 0; position < 500; position++) {
      expect(masses[sample(logits, null, settings, position)]).toBeGreaterThan(0);
    }
  });

  it("refuses logits without a finite maximum", () => {
    expect(() => sample(Float32Array.of(Number.NaN, 1), null, plain, 0)).toThrow(
      "cannot be sampled",
    );
  });
});

describe("randomBits", () => {
  it("is pcg(pcg(seed) + position), in u32", () => {
    const pcg = (x: bigint): bigint => {
      const state = (x * 747796405n + 2891336453n) & 0xffffffffn;
      const word = (((state >> ((state >> 28n) + 4n)) ^ state) * 277803737n) & 0xffffffffn;
      return (word >> 22n) ^ word;
    };
    for (const [seed, position] of [
      [0, 0],
      [1, 511],
      [0xffffffff, 3],
      [123456789, 65535],
    ] as const) {
      const expected = pcg((pcg(BigInt(seed)) + BigInt(position)) & 0xffffffffn);
      expect(randomBits(seed, position)).toBe(Number(expected));
    }
  });
});
