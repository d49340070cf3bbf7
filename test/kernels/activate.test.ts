import {
  activateGrid,
  activateParams,
  activateRef,
  activateShader,
} from "../../src/kernels/activate.ts";
import type { Activation } from "../../src/kernels/activation.ts";
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
  { width: 160, tokens: 1 },
  { width: 172, tokens: 3 },
  { width: 1024, tokens: 16 },
];

gpuCases(
  "activate",
  gpu,
  (["silu", "gelu", "gelu_tanh", "relu"] as const).flatMap((activation) =>
    shapes.flatMap(({ width, tokens }) =>
      (["uniform", "storage"] as const).map((x) => row(activation, x, width, tokens)),
    ),
  ),
);

function row(
  activation: Activation,
  source: "uniform" | "storage",
  width: number,
  tokens: number,
): CaseRow {
  const shader = activateShader({ x: source, activation }, NO_FEATURES);
  return {
    name: `${shader.label} ${width}, ${tokens} tokens`,
    make(): GpuCase {
      const xStride = Math.min(1024, width + 60);
      const x = normals(width, tokens * xStride, 4);
      // Where exponentials overflow or vanish, where tails are thin, and where nothing happens.
      x.set([100, -100, -1e30, 1e30, 0, -5, -9.9, -10.1, -13, 5, 1e-20, -1e-20]);
      const yStride = width + 32;
      const y = new Float32Array(tokens * yStride).fill(7);
      const values = Float64Array.from(y);
      const bound = new Float64Array(y.length);
      for (let t = 0; t < tokens; t++) {
        const want = activateRef(x.subarray(t * xStride, t * xStride + width), activation);
        values.set(want.values, t * yStride);
        bound.set(want.bounds, t * yStride);
      }
      return {
        steps: [{ shader, grid: activateGrid(width, tokens) }],
        buffers: { params: activateParams({ width, xStride, yStride }), x, y },
        expect: { y: { values, bound } },
      };
    },
  };
}
