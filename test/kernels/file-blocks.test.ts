import { embedGrid, embedParams, embedRef, embedShader } from "../../src/kernels/embed.ts";
import { blocksOf, fileFormats, isOdd } from "../support/file-blocks.ts";
import { type CaseRow, closeAfterAll, gpuCases, openCaseGpu } from "../support/gpu-cases.ts";
import { packedBuffers } from "../support/linear-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

/** Blocks of files, those with any bytes at all among them, as the device decodes them. */
const rows = fileFormats.flatMap(({ row, endings }) =>
  endings.map((ending): CaseRow => {
    const { bytes, tensor } = blocksOf(row, ending);
    const { cols, format } = tensor;
    const shader = embedShader(format, gpu.features);
    return {
      name: `${row.id}.${ending}`,
      make() {
        const tokens = Uint32Array.from(Array.from({ length: tensor.rows }, (_, n) => n)).filter(
          (n) =>
            Array.from({ length: cols }, (_, k) => n * cols + k).every(
              (i) => !isOdd(row, bytes, i),
            ),
        );
        const params = embedParams({ rows: tensor.rows, cols, yStride: cols, format });
        return {
          steps: [{ shader, grid: embedGrid(cols, tokens.length) }],
          buffers: {
            params,
            ...packedBuffers(tensor, "packed"),
            tokens,
            y: new Float32Array(tokens.length * cols),
          },
          expect: { y: { values: embedRef(tensor, tokens) } },
        };
      },
    };
  }),
);

gpuCases("golden blocks of files, exactly", gpu, rows);
