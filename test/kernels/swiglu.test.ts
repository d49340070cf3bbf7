import type { Activation } from "../../src/kernels/activation.ts";
import { swigluGrid, swigluParams, swigluRef, swigluShader } from "../../src/kernels/swiglu.ts";
import {
  type CaseRow,
  closeAfterAll,
  type GpuCase,
  gpuCases,
  NO_FEATURES,
  normals,
  openCaseGpu,
} from "../support/gpu-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const shapes = [
  { width: 4, tokens: 1 },
  { width: 172, tokens: 3 },
  { width: 256, tokens: 1 },
  { width: 768, tokens: 16 },
];

const activations = ["silu", "gelu", "gelu_tanh", "relu"] as const;

gpuCases(
  "swiglu",
  gpu,
  activations.flatMap((activation) =>
    shapes.flatMap((shape) =>
      (["uniform", "storage"] as const).map((x) => row({ ...shape, x, activation })),
    ),
  ),
);

function row({
  width,
  tokens,
  x: source,
  activation,
}: (typeof shapes)[number] & { x: "uniform" | "storage"; activation: Activation }): CaseRow {
  const shader = swigluShader({ x: source, activation }, NO_FEATURES);
  return {
    name: `${shader.label} ${width}, ${tokens} tokens`,
    make(): GpuCase {
      const xStride = Math.min(1024, 2 * width + 60);
      const upOffset = Math.min(width + 4, xStride - width);
      const x = normals(width, tokens * xStride, 4);
      // Gates at which exp overflows or silu vanishes.
      x.set([100, -100, -1e30, 0].slice(0, Math.min(4, width)));
      const yStride = width + 32;
      const y = new Float32Array(tokens * yStride).fill(7);
      const values = Float64Array.from(y);
      const bound = new Float64Array(y.length);
      for (let t = 0; t < tokens; t++) {
        const gate = x.subarray(t * xStride, t * xStride + width);
        const want = swigluRef(
          gate,
          x.subarray(t * xStride + upOffset, t * xStride + upOffset + width),
          activation,
        );
        values.set(want.values, t * yStride);
        bound.set(want.bounds, t * yStride);
      }
      return {
        steps: [{ shader, grid: swigluGrid(width, tokens) }],
        buffers: { params: swigluParams({ width, xStride, upOffset, yStride }), x, y },
        expect: { y: { values, bound } },
      };
    },
  };
}
