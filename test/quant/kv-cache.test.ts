import { describe, expect, it } from "vitest";
import { keyScales, kvRow, quantizeKv, roundKv } from "../../src/quant/kv-cache.ts";

const ramp = Float32Array.from({ length: 40 }, (_, i) => (i < 32 ? i / 4 - 4 : (i - 36) * 25));

describe("a cached key or value", () => {
  it("is itself with 32 bits, and the nearest f16 with 16", () => {
    expect(roundKv(ramp, "key", 32)).toBe(ramp);
    const rounded = roundKv(Float32Array.of(1 / 3, 1e6, -1e6), "value", 16);
    expect([...rounded]).toEqual([0.333251953125, 65504, -65504]);
  });

  it("has a scale for 32 channels of a key and one for all of a value", () => {
    // -4 becomes -8 with a step of 1/2; of the short block -100 does, with 12.5, which -100 sets for the whole value.
    const key = quantizeKv(ramp, "key", 4);
    expect([...key.scales]).toEqual([0x3800, 0x4a40]);
    expect([...key.codes.slice(0, 4)]).toEqual([-8, -8, -7, -6]);
    expect([...key.codes.slice(32)]).toEqual([-8, -6, -4, -2, 0, 2, 4, 6]);
    const value = quantizeKv(ramp, "value", 4);
    expect([...value.scales]).toEqual([0x4a40]);
    expect([...roundKv(ramp, "value", 4)].slice(0, 8)).toEqual(new Array(8).fill(-0 + 0));
  });

  it("is at most half a step off, but for what lies against the largest", () => {
    for (const bits of [8, 4] as const) {
      const limit = 2 ** (bits - 1);
      const kept = roundKv(ramp, "key", bits);
      const step = [4 / limit, 100 / limit];
      kept.forEach((value, i) => {
        const unit = step[i >> 5] ?? 0;
        expect(Math.abs(value - (ramp[i] ?? 0))).toBeLessThanOrEqual(unit);
        if ((ramp[i] ?? 0) < unit * (limit - 1)) {
          expect(Math.abs(value - (ramp[i] ?? 0))).toBeLessThanOrEqual(unit / 2);
        }
      });
    }
  });

  it("takes the words that are allocated for it", () => {
    expect(kvRow(32, 32)).toEqual({ codes: 32, scales: 0 });
    expect(kvRow(16, 32)).toEqual({ codes: 16, scales: 0 });
    expect(kvRow(8, 32)).toEqual({ codes: 8, scales: 1 });
    expect(kvRow(4, 32)).toEqual({ codes: 4, scales: 1 });
    expect(kvRow(4, 12)).toEqual({ codes: 2, scales: 1 });
    expect(kvRow(8, 80)).toEqual({ codes: 20, scales: 2 });
    expect(keyScales(80)).toBe(3);
  });
});
