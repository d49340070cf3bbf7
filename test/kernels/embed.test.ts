import { embedGrid, embedParams, embedRef, embedShader } from "../../src/kernels/embed.ts";
import { type CaseRow, closeAfterAll, gpuCases, openCaseGpu } from "../support/gpu-cases.ts";
import { allFormats, hostileTensor, packedBuffers, someGroups } from "../support/linear-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

const shapes: readonly (readonly [rows: number, cols: number])[] = [
  [257, 96],
  [64, 288],
  [3, 1536],
  [14, 172],
];

const rows = someGroups(allFormats(), gpu.adapter === "swiftshader" ? 1 : 2).map(
  (format, i): CaseRow => {
    const [rows, cols] = shapes[i % shapes.length] ?? [1, 32];
    // Every other table is one part of a larger one, with tokens that belong to the parts around it.
    const firstRow = i % 2 === 0 ? 0 : 640;
    const shader = embedShader(format, gpu.features);
    return {
      name: `${shader.label} ${rows}x${cols}`,
      make() {
        const table = hostileTensor(format, rows, cols);
        const own = Uint32Array.of(rows - 1, 0, rows >> 1, Math.min(7, rows - 1), 0);
        const foreign = firstRow === 0 ? [] : [0, firstRow - 1, firstRow + rows];
        const tokens = Uint32Array.of(...own.map((id) => id + firstRow), ...foreign);
        const yStride = Math.ceil((cols + 1) / 32) * 32;
        const y = new Float32Array(tokens.length * yStride).fill(7.25);
        const values = y.slice();
        const reference = embedRef(table, own);
        for (let t = 0; t < own.length; t++) {
          values.set(reference.subarray(t * cols, (t + 1) * cols), t * yStride);
        }
        const params = embedParams({ rows, cols, yStride, format, firstRow });
        return {
          steps: [{ shader, grid: embedGrid(cols, tokens.length) }],
          buffers: { params, ...packedBuffers(table, "packed"), tokens, y },
          expect: { y: { values } },
        };
      },
    };
  },
);

gpuCases("embed, exactly", gpu, rows);
