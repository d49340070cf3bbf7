import { invariant } from "../lib/assert.ts";
import type { BlockCodec, FormatRow, GroupShape, Layout, WeightFormat } from "./types.ts";

/** Rows side by side in a "quad". */
export const QUAD = 4;
/** Quads side by side in a tile of weights, which a kernel reads from its first byte to its last. */
const TILE = 8;
const TILE_ROWS = TILE * QUAD;

/** How a matrix of a format is cut up on the device. */
export interface Geometry {
  readonly rows: number;
  readonly quads: number;
  readonly tiles: number;
  readonly codec: BlockCodec;
  readonly blocks: number;
  /** Codes of a row in Codes.codes. */
  readonly width: number;
  /** Groups of a row; 0 without scales. */
  readonly groups: number;
}

/** Inputs that share a scale: as the name says or the format fixes, at most the row. */
export function groupSize(
  { fixedGroup }: FormatRow,
  { group }: WeightFormat,
  cols: number,
): number {
  const size = group === "row" ? cols : (group ?? fixedGroup ?? cols);
  return Math.min(size, cols);
}

/** Values of a row that have a code: all of them, or two of every started four. */
export function keptCount(sparse: boolean, cols: number): number {
  return sparse ? 2 * Math.ceil(cols / 4) : cols;
}

/** Groups of a matrix; 2:4 keeps half of a group's inputs, a row's last four as if full. */
export function groupShape(
  row: FormatRow,
  format: WeightFormat,
  rows: number,
  cols: number,
): GroupShape {
  const size = groupSize(row, format, cols);
  return {
    rows,
    cols,
    width: keptCount(format.sparse, cols),
    groups: cols === 0 ? 0 : Math.ceil(cols / size),
    step: keptCount(format.sparse, size),
  };
}

/** `row` is the registry's entry for `format`. */
export function geometry(
  row: FormatRow,
  format: WeightFormat,
  rows: number,
  cols: number,
  layout: Layout,
): Geometry {
  const codec = row.blocks[layout];
  invariant(codec, `${row.id} has no ${layout} layout`);
  const kept = keptCount(format.sparse, cols);
  const blocks = Math.ceil(kept / codec.elements);
  return {
    rows,
    quads: Math.ceil(rows / QUAD),
    tiles: Math.ceil(rows / TILE_ROWS),
    codec,
    blocks,
    width: codec.codes === codec.elements ? kept : blocks * codec.codes,
    groups: row.scales ? groupShape(row, format, rows, cols).groups : 0,
  };
}

/** Rows of weights, those of padding included. */
export function tiledRows({ tiles }: Geometry): number {
  return tiles * TILE_ROWS;
}

/** Words of all weights: [tile][block][chunk][row in quad][quad in tile] of `chunkWords` words. */
export function weightWords(shape: Geometry): number {
  return tiledRows(shape) * shape.blocks * shape.codec.words;
}

/** Where a block of row `n` begins; its next chunk stands `chunkStride` words further. */
export function blockPlace({ blocks, codec }: Geometry, n: number, block: number): number {
  const tile = Math.floor(n / TILE_ROWS);
  const quad = (n >> 2) % TILE;
  const first = (tile * blocks + block) * codec.words * TILE_ROWS;
  return first + ((n % QUAD) * TILE + quad) * codec.chunkWords;
}

export function chunkStride({ codec }: Geometry): number {
  return TILE_ROWS * codec.chunkWords;
}
