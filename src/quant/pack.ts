import { invariant } from "../lib/assert.ts";
import { BLOCK, codeArray } from "./block.ts";
import {
  blockPlace,
  chunkStride,
  type Geometry,
  geometry,
  QUAD,
  tiledRows,
  weightWords,
} from "./layout.ts";
import { formatRow } from "./registry.ts";
import type {
  CodeArray,
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
  const scales = row.scales && new Uint32Array(row.scales.words(shape));
  if (scales) row.scales.pack(tensors, shape, scales);
  return {
    format,
    layout,
    rows,
    cols,
    quads,
    blocks,
    weights: packWeights(tensors, row, shape),
    ...(scales ? { scales } : {}),
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
  const row = formatRow(format.id);
  const shape = geometry(row, format, rows, cols, layout);
  return {
    weights: weightWords(shape) * 4,
    scales: (row.scales?.words(shape) ?? 0) * 4,
    positions: format.sparse ? shape.blocks * QUAD * shape.quads * 8 : 0,
  };
}

function packWeights(
  tensors: readonly QuantTensor[],
  row: FormatRow,
  shape: Geometry,
): Uint32Array {
  const { blocks, codec, width } = shape;
  const weights = new Uint32Array(weightWords(shape));
  const words = new Uint32Array(codec.words);
  const lanes = new Uint32Array(codec.laneWords);
  const elements = codeArray(codec.type, lanes.buffer);
  const stride = chunkStride(shape);
  let at = 0;

  function store(block: number): void {
    codec.encode(lanes, words);
    let to = blockPlace(shape, at, block);
    for (let word = 0; word < codec.words; word += codec.chunkWords, to += stride) {
      for (let k = 0; k < codec.chunkWords; k++) weights[to + k] = words[word + k] ?? 0;
    }
  }

  for (const tensor of tensors) {
    const { codes, rows } = tensor;
    for (let n = 0; n < rows; n++, at++) {
      for (let block = 0; block < blocks; block++) {
        const start = block * codec.codes;
        const count = Math.min(codec.codes, width - start);
        for (let i = 0; i < count; i++) elements[i] = codes[n * width + start + i] ?? 0;
        if (count < codec.codes) {
          elements.fill(row.paddingOf?.(tensor, n) ?? row.padding, count);
        }
        store(block);
      }
    }
  }
  elements.fill(row.padding);
  for (; at < tiledRows(shape); at++) {
    for (let block = 0; block < blocks; block++) store(block);
  }
  return weights;
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

/** The inverse of packTensor for one matrix: padding dropped, everything else as it was before packing. */
export function unpackTensor(packed: PackedTensor): QuantTensor {
  const { format, rows, cols, layout } = packed;
  const row = formatRow(format.id);
  const shape = geometry(row, format, rows, cols, layout);
  return {
    format,
    rows,
    cols,
    codes: unpackWeights(packed, shape),
    ...(row.scales && packed.scales ? row.scales.unpack(packed.scales, shape) : {}),
    ...(format.sparse ? { positions: unpackPositions(packed, shape) } : {}),
  };
}

function unpackWeights({ weights, rows }: PackedTensor, shape: Geometry): CodeArray {
  const { blocks, codec, width } = shape;
  const words = new Uint32Array(codec.words);
  const lanes = new Uint32Array(codec.laneWords);
  const elements = codeArray(codec.type, lanes.buffer);
  const codes = codeArray(codec.type, rows * width);
  const stride = chunkStride(shape);
  for (let n = 0; n < rows; n++) {
    for (let block = 0; block < blocks; block++) {
      const first = blockPlace(shape, n, block);
      for (let word = 0; word < codec.words; word++) {
        const chunk = Math.floor(word / codec.chunkWords);
        words[word] = weights[first + chunk * stride + (word % codec.chunkWords)] ?? 0;
      }
      codec.decode(words, lanes);
      const start = block * codec.codes;
      codes.set(elements.subarray(0, Math.min(codec.codes, width - start)), n * width + start);
    }
  }
  return codes;
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
