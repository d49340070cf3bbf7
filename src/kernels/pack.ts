import { geometry, groupShape, QUAD, tiledRows } from "../quant/layout.ts";
import { formatRow } from "../quant/registry.ts";
import type { Layout, WeightFormat } from "../quant/types.ts";
import { formatLabel } from "./linear.ts";
import type { BindingSpec, ShaderKey } from "./spec.ts";

/** Where master weights are: uploaded row by row, or packed in a buffer of floats that holds just their values. */
export type PackSource = "rows" | "f32" | "f16";

/** A matrix as it will stand on the device, and which of its rows come from this source. */
export interface PackPiece {
  readonly format: WeightFormat;
  readonly layout: Layout;
  /** Of the whole packed matrix. */
  readonly rows: number;
  readonly cols: number;
  /** Where the piece begins there, a multiple of 4, and how many rows it has. */
  readonly targetRow: number;
  readonly count: number;
  /** Where it begins in its source. */
  readonly sourceRow: number;
  /** The word of `faults` that notes what goes wrong. */
  readonly job: number;
}

/** What the kernel notes in a job's word. */
export const packFaults = { beyond: 1, inexact: 2 } as const;

/** Groups and quads that a workgroup of scales does, and blocks that one of codes does. */
const SCALES_SIDE = 8;
const BLOCKS_EACH = 2;
const TILE_ROWS = 32;
/** Behind a codebook's middles: no value lies above. */
const FAR = 2 ** 127;

/** Whether the device packs a format code for code as the CPU does. */
export function packsOnDevice(format: WeightFormat, layout: Layout): boolean {
  const { packer, blocks } = formatRow(format.id);
  if (!packer || !blocks[layout]?.writer) return false;
  return format.method === "rtn" && format.pruned === undefined && !format.fromFile;
}

/** Two kernels in turn: scales where the format has any, then codes (and positions of 2:4). */
export function packShaders(
  format: WeightFormat,
  layout: Layout,
  source: PackSource,
): { readonly scales: ShaderKey | null; readonly codes: ShaderKey } {
  const row = formatRow(format.id);
  const codec = row.blocks[layout];
  if (!row.packer || !codec?.writer) throw new Error(`${row.id} is not packed on the device`);
  const { group: _, ...ungrouped } = format;
  const name = `${formatLabel(ungrouped)}/${layout}/${source}`;
  const files = [
    "lib/pack_params",
    `lib/pack_${source === "rows" ? "rows" : `from_${source}`}`,
    `lib/choose${format.sparse ? "24" : "_all"}`,
    "lib/half",
    "lib/reciprocal",
    ...row.packer.files,
  ];
  const scales: BindingSpec[] = row.scales
    ? [{ name: "scales", binding: 3, access: "read_write" }]
    : [];
  const shared = { enables: [], overrides: {} };
  const inputs: BindingSpec[] = [
    { name: "params", binding: 0, access: "read" },
    { name: "source", binding: 1, access: "read" },
  ];
  return {
    scales: row.scales && {
      ...shared,
      label: `pack_scales/${name}`,
      files: ["kernels/pack_scales", ...files],
      constants: row.packer.constants,
      bindings: [...inputs, ...scales],
    },
    codes: {
      ...shared,
      label: `pack/${name}`,
      files: [
        "kernels/pack",
        ...files,
        codec.writer,
        `lib/places${format.sparse ? "24" : "_none"}`,
      ],
      constants: { ...row.packer.constants, WORDS: codec.words, CHUNK: codec.chunkWords },
      bindings: [
        ...inputs,
        { name: "weights", binding: 2, access: "read_write" },
        ...scales,
        ...(format.sparse
          ? [{ name: "positions", binding: 4, access: "read_write" } as const]
          : []),
        { name: "faults", binding: 5, access: "read_write" },
      ],
    },
  };
}

/** The words of PackParams in lib/pack_params.wgsl. */
export function packParams(piece: PackPiece): Uint32Array {
  const { format, layout, rows, cols, targetRow, count, sourceRow, job } = piece;
  const row = formatRow(format.id);
  const shape = geometry(row, format, rows, cols, layout);
  const { step } = groupShape(row, format, rows, cols);
  const words = new Uint32Array(32);
  const floats = new Float32Array(words.buffer);
  // The last piece fills its tile up.
  const endRow = targetRow + count === rows ? tiledRows(shape) : targetRow + count;
  const { quads, blocks, groups, width } = shape;
  words.set([count, sourceRow, targetRow, endRow, width, Math.max(1, step), groups, quads, blocks]);
  words[9] = Math.ceil(cols / QUAD);
  floats[10] = row.largest;
  words[11] = job;
  const book = row.packer?.book;
  if (book) {
    floats.fill(FAR, 12, 28);
    floats.set(book.middles, 12);
    for (const [rank, code] of book.sorted.entries()) {
      const at = 28 + (rank >> 3);
      words[at] = (words[at] ?? 0) | (code << (4 * (rank & 7)));
    }
  }
  return words;
}

/** Workgroups of both kernels. */
export function packGrids(piece: PackPiece): {
  readonly scales: readonly [number, number, number];
  readonly codes: readonly [number, number, number];
} {
  const { format, layout, rows, cols, targetRow, count } = piece;
  const { groups, blocks } = geometry(formatRow(format.id), format, rows, cols, layout);
  const tiles = Math.ceil((targetRow + count) / TILE_ROWS) - Math.floor(targetRow / TILE_ROWS);
  return {
    scales: [Math.ceil(groups / SCALES_SIDE), Math.ceil(count / QUAD / SCALES_SIDE), 1],
    codes: [Math.ceil(blocks / BLOCKS_EACH), tiles, 1],
  };
}

/** Rows of master weights as lib/pack_rows.wgsl reads them; the very same array where nothing has to be filled up. */
export function packRows(values: Float32Array, cols: number): Float32Array {
  if (cols % QUAD === 0) return values;
  const rows = values.length / cols;
  const stride = Math.ceil(cols / QUAD) * QUAD;
  const padded = new Float32Array(rows * stride);
  for (let n = 0; n < rows; n++) padded.set(values.subarray(n * cols, (n + 1) * cols), n * stride);
  return padded;
}
