import { invariant } from "../lib/assert.ts";
import type { FormatRow, Group, Layout, WeightFormat } from "./types.ts";

/** Kept values in one block: what one word holds at a bit each. */
export const BLOCK = 32;
/** Rows side by side in a "quad". */
export const QUAD = 4;
/** Quads side by side in a tile of weights, which a kernel reads from its first byte to its last. */
const TILE = 8;
const TILE_ROWS = TILE * QUAD;

/** How a matrix of a format is cut up on the device. */
export interface Geometry {
  readonly quads: number;
  readonly tiles: number;
  readonly blocks: number;
  readonly blockWords: number;
  readonly chunkWords: number;
  readonly groups: number;
  /** Words that the scales of one group and quad take; 0 without scales. */
  readonly scaleWords: number;
}

/** Inputs that share a scale: the group's size, or `cols` where it covers the row. */
export function groupSize(group: Group | undefined, cols: number): number {
  return group === undefined || group === "row" ? cols : Math.min(group, cols);
}

/** Scales of one row; the last group may be short. */
export function groupCount(group: Group | undefined, cols: number): number {
  return cols === 0 ? 0 : Math.ceil(cols / groupSize(group, cols));
}

/** Values of a row that have a code: all of them, or two of every started four. */
export function keptCount(sparse: boolean, cols: number): number {
  return sparse ? 2 * Math.ceil(cols / 4) : cols;
}

/** `row` is the registry's entry for `format`. Bit planes exist for integer formats only. */
export function geometry(
  row: FormatRow,
  format: WeightFormat,
  rows: number,
  cols: number,
  layout: Layout,
): Geometry {
  const planes = layout === "planes";
  invariant(!planes || row.family === "int", `${row.id} has no bit planes`);
  return {
    quads: Math.ceil(rows / QUAD),
    tiles: Math.ceil(rows / TILE_ROWS),
    blocks: Math.ceil(keptCount(format.sparse, cols) / BLOCK),
    blockWords: planes ? row.bits : row.blockWords,
    chunkWords: planes ? 1 : row.chunkWords,
    groups: row.grouped ? groupCount(format.group, cols) : 0,
    scaleWords: row.grouped ? (row.asymmetric ? 3 : 2) : 0,
  };
}

/** Rows of weights, those of padding included. */
export function tiledRows({ tiles }: Geometry): number {
  return tiles * TILE_ROWS;
}

/** Words of all weights: [tile][block][chunk][row in quad][quad in tile] of `chunkWords` words. */
export function weightWords(shape: Geometry): number {
  return tiledRows(shape) * shape.blocks * shape.blockWords;
}

/** Where a block of row `n` begins; its next chunk stands `chunkStride` words further. */
export function blockPlace(
  { blocks, blockWords, chunkWords }: Geometry,
  n: number,
  block: number,
): number {
  const tile = Math.floor(n / TILE_ROWS);
  const quad = (n >> 2) % TILE;
  const first = (tile * blocks + block) * blockWords * TILE_ROWS;
  return first + ((n % QUAD) * TILE + quad) * chunkWords;
}

export function chunkStride({ chunkWords }: Geometry): number {
  return TILE_ROWS * chunkWords;
}
