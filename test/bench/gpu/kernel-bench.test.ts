import { afterEach, describe, expect, it, vi } from "vitest";
import { benchKernels } from "../../../src/engine/kernel-bench.ts";
import { KernelCase } from "../../../src/engine/kernel-bench-case.ts";
import { PipelineCache } from "../../../src/gpu/pipelines.ts";
import * as references from "../../../src/kernels/linear-ref.ts";
import { peerKernel } from "../../../src/peer/kernel.ts";
import { nodeRuntime } from "../../../src/peer/node.ts";
import { openCaseGpu } from "../../support/gpu-cases.ts";
import { openTestGpu } from "../../support/node-gpu.ts";

vi.mock("../../../src/kernels/linear-ref.ts", { spy: true });
afterEach(() => {
  vi.mocked(references.linearRef).mockRestore();
});

/** The fewest samples. */
const caseMs = 0;
const shapes = [
  { m: 1, n: 64, k: 128 },
  { m: 19, n: 30, k: 96 },
];

describe("benchKernels", () => {
  it("times every variant of each op on the shapes that are its own", async () => {
    const formats = ["int4-g32", "f32+2:4", "int2-g32+a2+bitserial", "int8-g32+a8+dp4a"];
    const rows = await benchKernels({
      ops: ["matvec", "matmul"],
      formats,
      shapes,
      caseMs,
      adapter: await openTestGpu(),
    });
    expect(rows.filter(({ error }) => error !== undefined)).toEqual([]);
    for (const { ms, gbPerSecond, gflops, samples } of rows) {
      expect(ms).toBeGreaterThan(0);
      expect(gbPerSecond).toBeGreaterThan(0);
      expect(gflops).toBeGreaterThan(0);
      expect(samples).toBeGreaterThanOrEqual(3);
    }
    expect([...new Set(rows.map(({ op, shape }) => `${op} ${shape}`))]).toEqual([
      "matvec 1x64x128",
      "matmul 19x30x96",
    ]);
    expect([...new Set(rows.map(({ format }) => format))]).toEqual(formats);
  });

  it("takes families that a format has kernels of", async () => {
    const rows = await benchKernels({
      ops: ["matvec"],
      formats: ["int4-g32", "f16"],
      shapes,
      caseMs,
      families: ["dequant", "bitserial"],
      adapter: await openTestGpu(),
    });
    const formats = new Set(rows.map(({ format }) => format));
    expect([...formats]).toEqual(["int4-g32", "int4-g32+a8+bitserial", "f16"]);
  });

  it("gives a kernel that computes something else a sentence and no figures", async () => {
    vi.mocked(references.linearRef).mockImplementation((tensor, _x, tokens) => {
      return new Float64Array(tokens * tensor.rows).fill(1e6);
    });
    const rows = await benchKernels({
      ops: ["matvec"],
      formats: ["int4-g32"],
      shapes,
      caseMs,
      adapter: await openTestGpu(),
    });
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) {
      expect(row.error).toMatch(/output 0 of token 0 is .*, not 1000000/);
      expect(row.ms).toBeNaN();
      expect(row.gflops).toBeNaN();
    }
  });

  it("stops when told to", async () => {
    const stop = AbortSignal.abort(new Error("Stopped."));
    const request = { ops: ["matvec"], formats: ["f32"], shapes, caseMs, signal: stop } as const;
    await expect(benchKernels({ ...request, adapter: await openTestGpu() })).rejects.toThrow(
      "Stopped.",
    );
  });
});

describe("peerKernel", () => {
  it("computes the same from the same codes", async () => {
    const { context, features } = await openCaseGpu();
    const pipelines = new PipelineCache(context);
    const runtime = await nodeRuntime();
    const shape = { m: 3, n: 64, k: 128 };
    for (const id of ["f32", "int8", "int4", "int2"]) {
      const format = {
        id,
        ...(id === "f32" ? {} : { group: 32 as const }),
        sparse: false,
        method: "rtn" as const,
      };
      const options = { format, family: "dequant", activations: 32, tokens: 16, shape } as const;
      const made = new KernelCase(context, pipelines, features, options);
      const peer = await peerKernel(runtime, made.tensor, shape);
      const { x, xStride } = made.inputs;
      expect(xStride).toBe(shape.k);
      const got = await peer?.call(x);
      const want = references.linearRef(made.tensor, x, shape.m, xStride);
      const bound = references.linearBound(made.tensor, x, shape.m, xStride);
      expect(got?.findIndex((y, i) => !(Math.abs(y - (want[i] ?? 0)) <= (bound[i] ?? 0)))).toBe(-1);
      expect(await peer?.sample()).toBeGreaterThan(0);
      await peer?.destroy();
      made.destroy();
    }
    context.close();
  });
});
