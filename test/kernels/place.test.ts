import {
  type Placing,
  placeGrid,
  placeParams,
  placeRef,
  placeShader,
} from "../../src/kernels/place.ts";
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
  { width: 64, position: 0, count: 1, tokens: 1 },
  { width: 172, position: 9, count: 5, tokens: 16 },
  { width: 768, position: 3, count: 16, tokens: 16 },
];

gpuCases(
  "place",
  gpu,
  shapes.flatMap((shape) => [
    row(shape, "learned"),
    row(shape, { scale: Math.fround(Math.sqrt(640)) }),
  ]),
);

function row(
  { width, position, count, tokens }: (typeof shapes)[number],
  placing: Placing,
): CaseRow {
  const shader = placeShader(placing, NO_FEATURES);
  return {
    name: `${shader.label} ${width} at ${position}, ${count} of ${tokens} tokens`,
    make(): GpuCase {
      const stride = width + 32;
      const x = normals(width, tokens * stride);
      const table = normals(5, 32 * width);
      const values = Float64Array.from(x);
      const bound = new Float64Array(x.length);
      for (let t = 0; t < count; t++) {
        const at = (position + t) * width;
        const want = placeRef(
          x.subarray(t * stride, t * stride + width),
          placing,
          table.subarray(at, at + width),
        );
        values.set(want.values, t * stride);
        bound.set(want.bounds, t * stride);
      }
      return {
        steps: [{ shader, grid: placeGrid(width, tokens) }],
        buffers: {
          params: placeParams(width, stride),
          state: Uint32Array.of(position, count, 0, 0),
          x,
          table,
        },
        expect: { x: { values, bound } },
      };
    },
  };
}
