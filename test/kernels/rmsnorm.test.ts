import { ULP } from "../../src/kernels/judged.ts";
import {
  rmsnormGrid,
  rmsnormParams,
  rmsnormRef,
  rmsnormShader,
} from "../../src/kernels/rmsnorm.ts";
import type { ShaderKey } from "../../src/kernels/spec.ts";
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

const EPS = 1e-5;
const reduces = gpu.features.subgroups
  ? (["subgroup", "workgroup"] as const)
  : (["workgroup"] as const);

const shapes = [
  { width: 64, tokens: 1, count: 1 },
  { width: 172, tokens: 3, count: 3 },
  { width: 256, tokens: 16, count: 16 },
  { width: 288, tokens: 16, count: 5 },
  { width: 576, tokens: 1, count: 1 },
];

const rows: CaseRow[] = [];
for (const shape of shapes) {
  const { width } = shape;
  const keys = [
    rmsnormShader({ width }, gpu.features),
    rmsnormShader({ width, xFloats: 16 * 1024 }, NO_FEATURES),
    ...reduces.flatMap((reduce) =>
      [4, 8, 20, 64, 256].map((lanes) => rmsnormShader({ width, reduce, lanes }, gpu.features)),
    ),
  ];
  for (const lastOnly of [false, true]) rows.push(...keys.map((key) => row(key, shape, lastOnly)));
}
const unique = rows.filter(({ name }, i) => rows.findIndex((other) => other.name === name) === i);

gpuCases("rmsnorm", gpu, unique);

const added = shapes.map((shape) =>
  row(rmsnormShader({ width: shape.width, store: "add" }, gpu.features), shape, false, true),
);
gpuCases("rmsnorm behind a block", gpu, added);

function row(
  shader: ShaderKey,
  { width, tokens, count }: { width: number; tokens: number; count: number },
  lastOnly: boolean,
  add = false,
): CaseRow {
  return {
    name: `${shader.label} ${width}, ${count} of ${tokens} tokens${lastOnly ? ", last only" : ""}`,
    make(): GpuCase {
      const stride = Math.ceil(width / 32) * 32;
      const x = normals(width + tokens, tokens * stride);
      // A row that only eps keeps from dividing by zero, and one of large values.
      x.fill(0, 0, width);
      if (tokens > 1) for (let k = 0; k < width; k++) x[stride + k] = 1e4 * (x[stride + k] ?? 0);
      const gain = normals(3, width);
      const yStride = stride + 32;
      const y = new Float32Array((lastOnly ? 1 : tokens) * yStride).fill(7);
      const values = Float64Array.from(y);
      const bound = new Float64Array(y.length);
      const written = lastOnly ? [count - 1] : Array.from({ length: count }, (_, t) => t);
      written.forEach((token, at) => {
        const want = rmsnormRef(x.subarray(token * stride, token * stride + width), gain, EPS);
        const before = add ? 7 : 0;
        values.set(
          want.values.map((value) => before + value),
          at * yStride,
        );
        // The sum is rounded once more.
        bound.set(
          want.bounds.map((off, k) => off + (add ? (7 + Math.abs(want.values[k] ?? 0)) * ULP : 0)),
          at * yStride,
        );
      });
      return {
        steps: [{ shader, grid: rmsnormGrid(lastOnly ? 1 : tokens) }],
        buffers: {
          params: rmsnormParams({ width, xStride: stride, yStride, eps: EPS, lastOnly }),
          x,
          gain,
          y,
          state: Uint32Array.of(3, count, 0, 0),
        },
        expect: { y: { values, bound } },
      };
    },
  };
}
