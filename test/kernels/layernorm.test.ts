import { layernormRef, layernormShader } from "../../src/kernels/layernorm.ts";
import { rmsnormGrid, rmsnormParams } from "../../src/kernels/rmsnorm.ts";
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
const shapes = [
  { width: 64, tokens: 1, count: 1 },
  { width: 172, tokens: 3, count: 3 },
  { width: 288, tokens: 16, count: 5 },
  { width: 768, tokens: 1, count: 1 },
];

const rows: CaseRow[] = [];
for (const shape of shapes) {
  const { width } = shape;
  const keys = [
    layernormShader({ width }, gpu.features),
    layernormShader({ width, xFloats: 16 * 1024 }, NO_FEATURES),
    ...[4, 20, 64, 256].map((lanes) => layernormShader({ width, lanes }, gpu.features)),
  ];
  for (const lastOnly of [false, true]) rows.push(...keys.map((key) => row(key, shape, lastOnly)));
}
const unique = rows.filter(({ name }, i) => rows.findIndex((other) => other.name === name) === i);

gpuCases("layernorm", gpu, unique);

function row(
  shader: ShaderKey,
  { width, tokens, count }: { width: number; tokens: number; count: number },
  lastOnly: boolean,
): CaseRow {
  return {
    name: `${shader.label} ${width}, ${count} of ${tokens} tokens${lastOnly ? ", last only" : ""}`,
    make(): GpuCase {
      const stride = Math.ceil(width / 32) * 32;
      // Far from zero, where a variance of squares alone would cancel.
      const x = normals(width + tokens, tokens * stride).map((value) => value + 50);
      // A row of equal values, which only eps keeps from dividing by zero.
      if (tokens > 1) x.fill(3, 0, width);
      const [gain, bias] = [normals(3, width), normals(4, width)];
      const yStride = stride + 32;
      const y = new Float32Array((lastOnly ? 1 : tokens) * yStride).fill(7);
      const values = Float64Array.from(y);
      const bound = new Float64Array(y.length);
      const written = lastOnly ? [count - 1] : Array.from({ length: count }, (_, t) => t);
      written.forEach((token, at) => {
        const input = x.subarray(token * stride, token * stride + width);
        const want = layernormRef(input, gain, bias, EPS);
        values.set(want.values, at * yStride);
        bound.set(want.bounds, at * yStride);
      });
      return {
        steps: [{ shader, grid: rmsnormGrid(lastOnly ? 1 : tokens) }],
        buffers: {
          params: rmsnormParams({ width, xStride: stride, yStride, eps: EPS, lastOnly }),
          x,
          gain,
          bias,
          y,
          state: Uint32Array.of(3, count, 0, 0),
        },
        expect: { y: { values, bound } },
      };
    },
  };
}
