import { invariant } from "../lib/assert.ts";
import { blockCodec } from "./block.ts";
import {
  BLOCK,
  blockPlace,
  chunkStride,
  type Geometry,
  geometry,
  keptCount,
  QUAD,
  tiledRows,
  weightWords,
} from "./layout.ts";
import { formatRow } from "./registry.ts";
import type {
  FormatRow,
  Layout,
  PackedTensor,
  QuantTensor,
  TensorBytes,
  WeightFormat,
} from "./types.ts";

/** Fours of dense inputs in a 2:4 block of 32 kept values, each with a nibble of positions. */
const FOURS = BLOCK / 2;
/** Positions 0 and 1, for fours that are padding. */
const PADDED_FOURS = 0x44;

/**
 * A matrix as the kernels read it (picture in README.md), or several of one format and input size
 * below each other as one, such as q, k and v. Padding stands for zero: the code of 0, scale 0.
 */
export function packTensor(
  input: QuantTensor | readonly QuantTensor[],
  layout: Layout,
): PackedTensor {
  const tensors = "codes" in input ? [input] : input;
  const [first] = tensors;
  invariant(first, "packTensor of no tensors");
  const { format, cols } = first;
  for (const tensor of tensors) {
    const same = tensor.format.id === format.id && tensor.format.group === format.group;
    const alike = same && tensor.format.sparse === format.sparse && tensor.cols === cols;
    invariant(alike, "packTensor needs one format and input size");
  }
  const row = formatRow(format.id);
  const rows = tensors.reduce((sum, tensor) => sum + tensor.rows, 0);
  const shape = geometry(row, format, rows, cols, layout);
  const { quads, blocks } = shape;
  return {
    format,
    layout,
    rows,
    cols,
    quads,
    blocks,
    weights: packWeights(tensors, row, shape, layout),
    ...(row.grouped ? { scales: packScales(tensors, row, shape) } : {}),
    ...(format.sparse ? { positions: packPositions(tensors, shape) } : {}),
  };
}

/** Bytes of the arrays that packTensor makes for a matrix [rows][cols], without making them. */
export function tensorBytes(
  format: WeightFormat,
  rows: number,
  cols: number,
  layout: Layout,
): TensorBytes {
  const shape = geometry(formatRow(format.id), format, rows, cols, layout);
  const { quads, blocks, groups, scaleWords } = shape;
  return {
    weights: weightWords(shape) * 4,
    scales: groups * quads * scaleWords * 4,
    positions: format.sparse ? blocks * QUAD * quads * 8 : 0,
  };
}

function packWeights(
  tensors: readonly QuantTensor[],
  row: FormatRow,
  shape: Geometry,
  layout: Layout,
): Uint32Array {
  const { blocks, blockWords, chunkWords } = shape;
  const codec = blockCodec(row, layout);
  const weights = new Uint32Array(weightWords(shape));
  const words = new Uint32Array(blockWords);
  const lanes = new Uint32Array(codec.laneWords);
  const elements = elementsOf(lanes, row);
  const stride = chunkStride(shape);
  let at = 0;

  function store(block: number): void {
    codec.encode(lanes, words);
    let to = blockPlace(shape, at, block);
    for (let word = 0; word < blockWords; word += chunkWords, to += stride) {
      for (let k = 0; k < chunkWords; k++) weights[to + k] = words[word + k] ?? 0;
    }
  }

  for (const tensor of tensors) {
    const { codes, rows } = tensor;
    const width = keptCount(tensor.format.sparse, tensor.cols);
    for (let n = 0; n < rows; n++, at++) {
      for (let block = 0; block < blocks; block++) {
        const start = n * width + block * BLOCK;
        const count = Math.min(BLOCK, width - block * BLOCK);
        for (let i = 0; i < count; i++) elements[i] = codes[start + i] ?? 0;
        if (count < BLOCK) elements.fill(lastZero(tensor, row, n), count);
        store(block);
      }
    }
  }
  elements.fill(row.family === "int" && !row.asymmetric ? 2 ** (row.bits - 1) : 0);
  for (; at < tiledRows(shape); at++) {
    for (let block = 0; block < blocks; block++) store(block);
  }
  return weights;
}

/** The code that means 0 at the end of a row: that of the last group, whose scale applies there. */
function lastZero({ zeros, rows }: QuantTensor, row: FormatRow, n: number): number {
  if (row.family === "float") return 0;
  if (!zeros) return 2 ** (row.bits - 1);
  const groups = zeros.length / rows;
  return zeros[(n + 1) * groups - 1] ?? 0;
}

/** A block's words seen as its elements; a little-endian machine, as WebGPU asks for. */
function elementsOf(lanes: Uint32Array, row: FormatRow): Uint8Array | Uint16Array | Float32Array {
  if (row.family === "int") return new Uint8Array(lanes.buffer);
  return row.bits === 16 ? new Uint16Array(lanes.buffer) : new Float32Array(lanes.buffer);
}

/** [group][quad] of 2 words with the four rows' f16 scales, and a third with their zero points. */
function packScales(
  tensors: readonly QuantTensor[],
  row: FormatRow,
  { quads, groups, scaleWords }: Geometry,
): Uint32Array {
  const packed = new Uint32Array(groups * quads * scaleWords);
  const halves = new Uint16Array(packed.buffer);
  const bytes = new Uint8Array(packed.buffer);
  let at = 0;
  for (const { rows, scales, zeros } of tensors) {
    invariant(scales && (zeros || !row.asymmetric), `${row.id} without scales or zero points`);
    for (let n = 0; n < rows; n++, at++) {
      for (let group = 0; group < groups; group++) {
        const word = (group * quads + (at >> 2)) * scaleWords;
        halves[2 * word + (at % QUAD)] = scales[n * groups + group] ?? 0;
        if (zeros) bytes[4 * (word + 2) + (at % QUAD)] = zeros[n * groups + group] ?? 0;
      }
    }
  }
  return packed;
}

/** [block][row in quad][quad] of 16 nibbles, the first in the low bits. */
function packPositions(tensors: readonly QuantTensor[], shape: Geometry): Uint32Array {
  const { quads, blocks } = shape;
  const packed = new Uint32Array(blocks * QUAD * quads * 2);
  const bytes = new Uint8Array(packed.buffer).fill(PADDED_FOURS);
  let at = 0;
  for (const { rows, cols, positions } of tensors) {
    invariant(positions, "2:4 without positions");
    const fours = Math.ceil(cols / 4);
    for (let n = 0; n < rows; n++, at++) {
      for (let four = 0; four < fours; four += 2) {
        const block = Math.floor(four / FOURS);
        const to = ((block * QUAD + (at % QUAD)) * quads + (at >> 2)) * 8 + ((four % FOURS) >> 1);
        const low = positions[n * fours + four] ?? 0;
        const high = four + 1 < fours ? (positions[n * fours + four + 1] ?? 0) : PADDED_FOURS >> 4;
        bytes[to] = low | (high << 4);
      }
    }
  }
  return packed;
}

/** The inverse of packTensor: padding dropped, everything else as it was before packing. */
export function unpackTensor(packed: PackedTensor): QuantTensor {
  const { format, rows, cols, layout } = packed;
  const row = formatRow(format.id);
  const shape = geometry(row, format, rows, cols, layout);
  return {
    format,
    rows,
    cols,
    codes: unpackWeights(packed, row, shape),
    ...(row.grouped ? unpackScales(packed, row, shape) : {}),
    ...(format.sparse ? { positions: unpackPositions(packed, shape) } : {}),
  };
}

function unpackWeights(packed: PackedTensor, row: FormatRow, shape: Geometry) {
  const { blocks, blockWords, chunkWords } = shape;
  const { weights, format, rows, cols } = packed;
  const codec = blockCodec(row, packed.layout);
  const words = new Uint32Array(blockWords);
  const lanes = new Uint32Array(codec.laneWords);
  const elements = elementsOf(lanes, row);
  const width = keptCount(format.sparse, cols);
  const codes = codesFor(row, rows * width);
  const stride = chunkStride(shape);
  for (let n = 0; n < rows; n++) {
    for (let block = 0; block < blocks; block++) {
      const first = blockPlace(shape, n, block);
      for (let word = 0; word < blockWords; word++) {
        const chunk = Math.floor(word / chunkWords);
        words[word] = weights[first + chunk * stride + (word % chunkWords)] ?? 0;
      }
      codec.decode(words, lanes);
      const start = block * BLOCK;
      codes.set(elements.subarray(0, Math.min(BLOCK, width - start)), n * width + start);
    }
  }
  return codes;
}

function codesFor(row: FormatRow, length: number): Uint8Array | Uint16Array | Float32Array {
  if (row.family === "int") return new Uint8Array(length);
  return row.bits === 16 ? new Uint16Array(length) : new Float32Array(length);
}

function unpackScales(
  { scales, rows }: PackedTensor,
  row: FormatRow,
  { quads, groups, scaleWords }: Geometry,
): Pick<QuantTensor, "scales" | "zeros"> {
  const out = new Uint16Array(rows * groups);
  const zeros = new Uint8Array(row.asymmetric ? rows * groups : 0);
  for (let n = 0; n < rows; n++) {
    for (let group = 0; group < groups; group++) {
      const word = (group * quads + (n >> 2)) * scaleWords;
      const shift = 8 * (n % QUAD);
      out[n * groups + group] = (scales?.[word + ((n % QUAD) >> 1)] ?? 0) >>> (16 * (n & 1));
      if (row.asymmetric) zeros[n * groups + group] = (scales?.[word + 2] ?? 0) >>> shift;
    }
  }
  return row.asymmetric ? { scales: out, zeros } : { scales: out };
}

function unpackPositions({ positions, rows, cols }: PackedTensor, { quads }: Geometry) {
  const fours = Math.ceil(cols / 4);
  const out = new Uint8Array(rows * fours);
  for (let n = 0; n < rows; n++) {
    for (let four = 0; four < fours; four++) {
      const block = Math.floor(four / FOURS);
      const word = ((block * QUAD + (n % QUAD)) * quads + (n >> 2)) * 2 + ((four % FOURS) >> 3);
      out[n * fours + four] = ((positions?.[word] ?? 0) >>> (4 * (four & 7))) & 15;
    }
  }
  return out;
}
