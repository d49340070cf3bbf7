import { describe, expect, it } from "vitest";
import { benchKernels } from "../../src/engine/kernel-bench.ts";
import { type KernelWork, placeKernel } from "../../src/engine/roof-place.ts";
import { measureRoofs } from "../../src/engine/roofline.ts";
import { PassClock } from "../../src/gpu/pass-clock.ts";
import { PipelineCache } from "../../src/gpu/pipelines.ts";
import { openCaseGpu } from "../support/gpu-cases.ts";
import { openTestGpu } from "../support/node-gpu.ts";
import { roofAt, sampleRoofs } from "../support/sample-roofs.ts";

const roofs = sampleRoofs;
/** Two operations a byte: memory allows 20 GFLOP/s. */
const work: KernelWork = {
  family: "dequant",
  bytes: 1e6,
  flops: 2e6,
  sparse: false,
  bits: 4,
  activationBits: 8,
};

describe("placeKernel", () => {
  it("takes the lower of memory and arithmetic", () => {
    expect(placeKernel(roofs, work, 0.2)).toEqual({ share: 0.5, bound: "memory" });
    const dense = { ...work, flops: 20e6 };
    expect(placeKernel(roofs, dense, 0.25)).toEqual({ share: 0.8, bound: "compute" });
  });

  it("is bound by arithmetic on the ridge itself", () => {
    expect(placeKernel(roofs, { ...work, flops: 10e6 }, 0.1)?.bound).toBe("compute");
  });

  it("takes each family's own arithmetic", () => {
    const dense = { ...work, flops: 1e9 };
    const share = (more: Partial<KernelWork>) => placeKernel(roofs, { ...dense, ...more }, 100);
    // 10 GFLOP/s of 100, of 400, and of 1600 with 4 x 8 planes for each pair of words.
    expect(share({})?.share).toBeCloseTo(0.1, 12);
    expect(share({ family: "dp4a" })?.share).toBeCloseTo(0.025, 12);
    expect(share({ family: "bitserial" })?.share).toBeCloseTo(0.2, 12);
    expect(share({ family: "bitserial", bits: 2, activationBits: 2 })?.share).toBeCloseTo(
      0.025,
      12,
    );
  });

  it("asks no multiplication of pruned weights", () => {
    const sparse = { ...work, flops: 1e9, sparse: true };
    expect(placeKernel(roofs, sparse, 100)?.share).toBeCloseTo(0.05, 12);
    expect(placeKernel(roofs, { ...sparse, family: "dp4a" }, 100)?.share).toBeCloseTo(0.0125, 12);
  });

  it("says nothing where the roof is not known", () => {
    const without = { ...roofs, dp4aGops: null };
    expect(placeKernel(without, { ...work, family: "dp4a" }, 1)).toBeUndefined();
    expect(placeKernel(without, work, 1)).toBeDefined();
  });
});

describe("measureRoofs", () => {
  it("measures all that the device has, and frees what it made", async () => {
    const { context, features } = await openCaseGpu();
    const pipelines = new PipelineCache(context);
    // The device's clock stays once it is made.
    PassClock.of(context);
    const { liveBytes } = context.meters;
    const known = await measureRoofs(context, pipelines, { ...features, packedDot: false });
    expect(known.dp4aGops).toBeNull();
    for (const { best, samples, spread } of [
      known.copyGbPerSecond,
      known.fmaGflops,
      known.popcountGops,
      known.dispatchMicroseconds,
      known.submitMicroseconds,
    ]) {
      expect(best).toBeGreaterThan(0);
      expect(best).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(samples).toBeGreaterThanOrEqual(3);
      expect(spread).toBeGreaterThanOrEqual(0);
    }
    expect(context.meters.liveBytes).toBe(liveBytes);
    context.close();
  });
});

describe("benchKernels", () => {
  const request = {
    ops: ["matvec"],
    formats: ["f32", "int2-g32+a2+bitserial"],
    shapes: [{ m: 1, n: 64, k: 128 }],
    caseMs: 0,
  } as const;

  it("places its rows under the roofs that it is given", async () => {
    // Little enough that popcounts, four for each pair of words, are what bounds the second format.
    const low = { ...roofs, popcountGops: roofAt(4) };
    const rows = await benchKernels({ ...request, roofs: low, adapter: await openTestGpu() });
    expect(rows.length).toBeGreaterThan(1);
    for (const { error, format, gbPerSecond, gflops, roof: placed } of rows) {
      expect(error).toBeUndefined();
      const memory = format === "f32";
      expect(placed?.bound).toBe(memory ? "memory" : "compute");
      expect(placed?.share).toBeCloseTo(memory ? gbPerSecond / 10 : gflops, 6);
    }
  });

  it("leaves rows as they are without roofs", async () => {
    const rows = await benchKernels({ ...request, adapter: await openTestGpu() });
    for (const row of rows) expect(row).not.toHaveProperty("roof");
  });
});
