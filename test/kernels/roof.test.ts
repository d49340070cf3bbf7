import {
  type ComputeRoof,
  computeParams,
  computeRef,
  computeWords,
  copyBytes,
  copyParams,
  ROOFS,
  roofShader,
} from "../../src/kernels/roof.ts";
import {
  type CaseRow,
  closeAfterAll,
  type GpuCase,
  gpuCases,
  NO_FEATURES,
  openCaseGpu,
} from "../support/gpu-cases.ts";

const NARROW = { ...NO_FEATURES, subgroups: true, subgroupMin: 8, subgroupMax: 8 };
const gpu = await openCaseGpu();
closeAfterAll(gpu);

const copies = [
  { groups: 1, rounds: 1 },
  { groups: 2, rounds: 3 },
  { groups: 19, rounds: 64 },
].flatMap((copy) => [
  { ...copy, features: NO_FEATURES },
  { ...copy, features: NARROW },
]);
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

function copyRow({ groups, rounds, features }: (typeof copies)[number]): CaseRow {
  const shader = roofShader("copy", features);
  return {
    name: `${shader.label} ${groups} groups of ${shader.overrides.LANES}, ${rounds} rounds`,
    make(): GpuCase {
      // NaNs, infinities and denormals among them: a copy keeps every bit.
      const words = (groups * copyBytes(rounds, features)) / 4;
      const x = Uint32Array.from({ length: words }, (_, i) => Math.imul(i + 1, 0x9e3779b9));
      x.set([0x7fa00001, 0xff800000, 1, 0x80000000]);
      // What lies behind the vectors asked for stays, besides the guards behind the buffer.
      const y = new Uint32Array(words + 64).fill(7);
      const values = y.slice();
      values.set(x);
      return {
        steps: [{ shader, grid: [groups, 1, 1] }],
        buffers: { params: copyParams(rounds), x, y },
        expect: { y: { values } },
      };
    },
  };
}

function computeRow(kind: ComputeRoof, { groups, rounds }: (typeof turns)[number]): CaseRow {
  const shader = roofShader(kind, gpu.features);
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
