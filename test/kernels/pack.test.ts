import { describe, expect, it } from "vitest";
import {
  type PackPiece,
  type PackSource,
  packGrids,
  packParams,
  packRows,
  packShaders,
  packsOnDevice,
} from "../../src/kernels/pack.ts";
import { packingWeights } from "../../src/kernels/pack-hostile.ts";
import { createRng } from "../../src/lib/rng.ts";
import { packTensor } from "../../src/quant/pack.ts";
import { quantizeTensor } from "../../src/quant/quantize.ts";
import { formats } from "../../src/quant/registry.ts";
import type { Group, Layout, WeightFormat } from "../../src/quant/types.ts";
import { type CaseRow, closeAfterAll, gpuCases, openCaseGpu } from "../support/gpu-cases.ts";
import { callWgsl } from "../support/run-wgsl.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

/** No quad, tile, four, block or group divides them; then a row shorter than a block, and one that fills whole groups. */
const shapes: readonly (readonly [number, number])[] = [
  [37, 173],
  [3, 6],
  [33, 128],
];

/** What stands where a kernel should have written. */
const UNWRITTEN = 0xdeadbeef;

function caseOf(
  format: WeightFormat,
  layout: Layout,
  source: PackSource,
  rows: number,
  cols: number,
): CaseRow {
  const { scales: scaling, codes } = packShaders(format, layout, source);
  const group = format.group === undefined ? "" : ` group ${format.group}`;
  return {
    name: `${codes.label}${group} ${rows}x${cols}`,
    make() {
      const values = packingWeights(rows, cols, format, source === "f16");
      const packed = packTensor(quantizeTensor(values, rows, cols, format), layout);
      // A second source gives the lower rows, as where matrices stand under one another.
      const upper = Math.min(rows, Math.ceil(rows / 8) * 4);
      const whole = { format, layout, rows, cols };
      const pieces: PackPiece[] = [
        { ...whole, targetRow: 0, count: upper, sourceRow: 0, job: 0 },
        { ...whole, targetRow: upper, count: rows - upper, sourceRow: upper, job: 1 },
      ];
      const { weights, scales, positions } = packed;
      const empty = (words: Uint32Array) => new Uint32Array(words.length).fill(UNWRITTEN);
      const used = pieces.filter(({ count }) => count > 0);
      const faults = Uint32Array.of(0, 0);
      return {
        steps: used.flatMap((piece, at) => {
          const bind = { params: `params${at}` };
          const grids = packGrids(piece);
          return [
            ...(scaling ? [{ shader: scaling, grid: grids.scales, bind }] : []),
            { shader: codes, grid: grids.codes, bind },
          ];
        }),
        buffers: {
          ...Object.fromEntries(used.map((piece, at) => [`params${at}`, packParams(piece)])),
          source: sourceWords(values, rows, cols, source),
          weights: empty(weights),
          ...(scales && { scales: empty(scales) }),
          ...(positions && { positions: empty(positions) }),
          faults,
        },
        expect: {
          weights: { values: weights },
          ...(scales && { scales: { values: scales } }),
          ...(positions && { positions: { values: positions } }),
          faults: {
            values: inexact(format, source) ? Uint32Array.of(2, 2).fill(0, used.length) : faults,
          },
        },
      };
    },
  };
}

function inexact({ id }: WeightFormat, source: PackSource): boolean {
  return id === "f16" && source !== "f16";
}

function sourceWords(
  values: Float32Array,
  rows: number,
  cols: number,
  source: PackSource,
): Float32Array | Uint32Array {
  if (source === "rows") return packRows(values, cols);
  const format = { id: source, sparse: false, method: "rtn" } as const;
  return packTensor(quantizeTensor(values, rows, cols, format), "packed").weights;
}

const sources: readonly PackSource[] = ["rows", "f32", "f16"];
const cases: CaseRow[] = [];
for (const [at, row] of formats.entries()) {
  for (const layout of ["packed", "planes"] as const) {
    for (const sparse of row.sparse && layout === "packed" ? [false, true] : [false]) {
      const plain = { id: row.id, sparse, method: "rtn" } as const;
      if (!packsOnDevice(plain, layout)) continue;
      const groups: readonly (Group | undefined)[] =
        row.groups.length > 0 ? row.groups : [undefined];
      for (const [turn, [rows, cols]] of shapes.entries()) {
        const group = groups[(at + turn) % groups.length];
        // The other sources are other pipelines: a few formats of every kind show that they work.
        const source = at % 6 === 0 && layout === "packed" ? (sources[turn] ?? "rows") : "rows";
        const format = group === undefined ? plain : { ...plain, group };
        cases.push(caseOf(format, layout, source, rows, cols));
      }
    }
  }
}

gpuCases("weights packed on the device, as the CPU packs them", gpu, cases);

describe("lib/quotient", () => {
  it("divides by every largest code as the CPU does, to the last bit", async () => {
    const word = new Uint32Array(1);
    const float = new Float32Array(word.buffer);
    const random = createRng(1);
    const pairs: [number, number][] = [];
    for (const top of [3, 4, 7, 15, 31, 63, 127, 255]) {
      for (let i = 0; i < 4000; i++) {
        // Every other one a multiple of half a unit away from a quotient, where rounding turns.
        float[0] = 2 ** (random.integer(30) - 14) * (1 + random.uniform());
        if (i % 2)
          float[0] =
            top * (((word[0] ?? 0) & 0xffffff) | 0x800000) * 2 ** (random.integer(30) - 38);
        pairs.push([word[0] ?? 0, top]);
      }
    }
    const call = "bitcast<u32>(quotient(bitcast<f32>(a), b, firstLeadingBit(b) + 1u))";
    const found = await callWgsl(gpu, "lib/quotient", call, pairs);
    const wrong = pairs.filter(([bits, top], i) => {
      word[0] = bits;
      float[0] = (float[0] ?? 0) / top;
      return word[0] !== found[i];
    });
    expect(wrong).toEqual([]);
  });
});
