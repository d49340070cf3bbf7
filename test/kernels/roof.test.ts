import {
  type ComputeRoof,
  computeParams,
  computeRef,
  computeWords,
  copyGrid,
  copyParams,
  ROOFS,
  roofShader,
} from "../../src/kernels/roof.ts";
import {
  type CaseRow,
  closeAfterAll,
  type GpuCase,
  gpuCases,
  openCaseGpu,
} from "../support/gpu-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

/** Whole workgroups, and a last one with less to do than a round. */
const copies = [
  { quads: 1, rounds: 1 },
  { quads: 128, rounds: 2 },
  { quads: 1000, rounds: 3 },
  { quads: 4099, rounds: 16 },
];
const kinds = ROOFS.filter((kind): kind is ComputeRoof => kind !== "copy");
const turns = [
  { groups: 1, rounds: 0 },
  { groups: 1, rounds: 1 },
  { groups: 3, rounds: 37 },
  { groups: 2, rounds: 512 },
];

gpuCases("roof", gpu, [
  ...copies.map(copyRow),
  ...kinds
    .filter((kind) => kind !== "dp4a" || gpu.features.packedDot)
    .flatMap((kind) => turns.map((turn) => computeRow(kind, turn))),
]);

function copyRow({ quads, rounds }: (typeof copies)[number]): CaseRow {
  const shader = roofShader("copy");
  return {
    name: `${shader.label} ${quads} vectors in ${rounds} rounds`,
    make(): GpuCase {
      // NaNs, infinities and denormals among them: a copy keeps every bit.
      const x = Uint32Array.from({ length: quads * 4 }, (_, i) => Math.imul(i + 1, 0x9e3779b9));
      x.set([0x7fa00001, 0xff800000, 1, 0x80000000]);
      // What lies behind the vectors asked for stays, besides the guards behind the buffer.
      const y = new Uint32Array(quads * 4 + 64).fill(7);
      const values = y.slice();
      values.set(x);
      return {
        steps: [{ shader, grid: copyGrid(quads, rounds) }],
        buffers: { params: copyParams(quads, rounds), x, y },
        expect: { y: { values } },
      };
    },
  };
}

function computeRow(kind: ComputeRoof, { groups, rounds }: (typeof turns)[number]): CaseRow {
  const shader = roofShader(kind);
  return {
    name: `${shader.label} ${groups} groups, ${rounds} rounds`,
    make(): GpuCase {
      const y = new Uint32Array(computeWords(groups));
      const values = y.map((_, at) => computeRef(kind, at % computeWords(1), rounds));
      return {
        steps: [{ shader, grid: [groups, 1, 1] }],
        buffers: { params: computeParams(kind, rounds), y },
        expect: { y: { values } },
      };
    },
  };
}
