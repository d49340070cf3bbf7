import {
  type QknormShape,
  qknormGrid,
  qknormParams,
  qknormShader,
} from "../../src/kernels/qknorm.ts";
import { rmsnormRef } from "../../src/kernels/rmsnorm.ts";
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

const EPS = 1e-6;
const shapes: QknormShape[] = [
  { queries: 4, keys: 2, queryWidth: 32, keyWidth: 32 },
  { queries: 9, keys: 3, queryWidth: 64, keyWidth: 64 },
  { queries: 3, keys: 1, queryWidth: 256, keyWidth: 256 },
  { queries: 1, keys: 1, queryWidth: 64, keyWidth: 32 },
  { queries: 1, keys: 1, queryWidth: 1024, keyWidth: 172 },
];

gpuCases(
  "qknorm",
  gpu,
  shapes.flatMap((shape) =>
    [
      qknormShader(shape, gpu.features),
      qknormShader(shape, NO_FEATURES, { lanes: 20 }),
      qknormShader(shape, NO_FEATURES, { lanes: 256 }),
    ].flatMap((shader) => [row(shader, shape, 1, 1), row(shader, shape, 16, 5)]),
  ),
);

function row(shader: ShaderKey, shape: QknormShape, tokens: number, count: number): CaseRow {
  const { queries, keys, queryWidth, keyWidth } = shape;
  return {
    name: `${shader.label} ${queries}x${queryWidth}+${keys}x${keyWidth}, ${count} of ${tokens} tokens`,
    make(): GpuCase {
      const normed = queries * queryWidth + keys * keyWidth;
      // Values stand behind the keys, and stay.
      const stride = normed + keys * keyWidth + 32;
      const qkv = normals(queryWidth + tokens, tokens * stride);
      qkv.fill(0, 0, queryWidth);
      const gain = normals(3, normed);
      const values = Float64Array.from(qkv);
      const bound = new Float64Array(qkv.length);
      for (let t = 0; t < count; t++) {
        let at = 0;
        for (let segment = 0; segment < queries + keys; segment++) {
          const width = segment < queries ? queryWidth : keyWidth;
          const from = t * stride + at;
          const want = rmsnormRef(
            qkv.subarray(from, from + width),
            gain.subarray(at, at + width),
            EPS,
          );
          values.set(want.values, from);
          bound.set(want.bounds, from);
          at += width;
        }
      }
      return {
        steps: [{ shader, grid: qknormGrid(shape, tokens) }],
        buffers: {
          params: qknormParams(shape, stride, EPS),
          state: Uint32Array.of(3, count, 0, 0),
          gain,
          qkv,
        },
        expect: { qkv: { values, bound } },
      };
    },
  };
}
