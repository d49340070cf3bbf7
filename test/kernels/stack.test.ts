import { embedGrid, embedParams, embedRef, embedShader } from "../../src/kernels/embed.ts";
import { packTensor } from "../../src/quant/pack.ts";
import { formats, usualFormat } from "../../src/quant/registry.ts";
import { type CaseRow, closeAfterAll, gpuCases, openCaseGpu } from "../support/gpu-cases.ts";
import { hostileTensor } from "../support/linear-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

/** Heights that quads and blocks of scales straddle. */
const heights = [7, 262, 3, 21];
const cols = 172;
const yStride = 192;

/** Matrices of one format below each other, each with its own tables and factors: every row of the stack. */
const rows = formats.map((row): CaseRow => {
  const format = usualFormat(row);
  const shader = embedShader(format, gpu.features);
  return {
    name: `${shader.label} of ${heights.length} matrices`,
    make() {
      const tensors = heights.map((height) => hostileTensor(format, height, cols));
      const total = heights.reduce((sum, height) => sum + height, 0);
      const tokens = Uint32Array.from({ length: total }, (_, n) => n);
      const y = new Float32Array(total * yStride).fill(7.25);
      const values = y.slice();
      let n = 0;
      for (const tensor of tensors) {
        const reference = embedRef(tensor, tokens.subarray(0, tensor.rows));
        for (let r = 0; r < tensor.rows; r++, n++) {
          values.set(reference.subarray(r * cols, (r + 1) * cols), n * yStride);
        }
      }
      const { weights, scales } = packTensor(tensors, "packed");
      const params = embedParams({ rows: total, cols, yStride, format });
      return {
        steps: [{ shader, grid: embedGrid(cols, total) }],
        buffers: { params, weights, ...(scales && { scales }), tokens, y },
        expect: { y: { values } },
      };
    },
  };
});

gpuCases("a stack of matrices, exactly", gpu, rows);
