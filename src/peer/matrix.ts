import { invariant } from "../lib/assert.ts";
import { f16ToF32 } from "../lib/f16.ts";
import { formatRow } from "../quant/registry.ts";
import type { QuantTensor, WeightFormat } from "../quant/types.ts";
import { formatName } from "../quant/weight-format.ts";
import type { Attribute, Domain, Initializer } from "./onnx.ts";

/** What of a node is the matrix: all but its names and its input. */
export interface MatrixOp {
  readonly op: string;
  readonly domain: Domain;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** The node's inputs behind the first, in order. */
  readonly initializers: readonly Initializer[];
}

/** Codes of so many bits the peer's MatMulNBits multiplies with. */
const CODE_BITS = [2, 4, 8];

/** Why the peer has no such matrix, as the rest of a sentence; null when it has. */
export function peerLack(format: WeightFormat, cols: number): string | null {
  const { id, group, sparse } = format;
  const { family, bits } = formatRow(id);
  const name = formatName(format);
  if (sparse)
    return `ONNX Runtime knows no 2:4 weights, so there is nothing to hold ${name} against`;
  if (id === "f32") return null;
  if (family !== "int" || !CODE_BITS.includes(bits)) {
    return `ONNX Runtime multiplies f32 with weights of f32 or of 2, 4 or 8 bit codes, not with ${name}`;
  }
  if (typeof group !== "number" || cols % group !== 0) {
    return `ONNX Runtime's groups are 32, 64 or 128 inputs that fill a row, unlike those of ${name} in rows of ${cols}`;
  }
  return null;
}

/**
 * The same codes and scales as the weights of MatMulNBits, f32 as those of MatMul. `accuracyLevel` 4
 * lets the peer round activations to 8 bits, 0 asks for f32. The format must be one without a lack.
 */
export function matrixOp(tensor: QuantTensor, name: string, accuracyLevel: 0 | 4 = 0): MatrixOp {
  const { format, rows, cols, codes } = tensor;
  refuseLack(format, cols);
  if (codes instanceof Float32Array) {
    const data = transposed(codes, rows, cols);
    const initializers = [{ name, dims: [cols, rows], data }];
    return { op: "MatMul", domain: "", attributes: {}, initializers };
  }
  const { bits } = formatRow(format.id);
  const block = Number(format.group);
  return {
    op: "MatMulNBits",
    domain: "com.microsoft",
    attributes: { K: cols, N: rows, bits, block_size: block, accuracy_level: accuracyLevel },
    initializers: quantized(tensor, name, [cols / block, (block * bits) / 8]),
  };
}

/** The same table for looking rows up in: f32 by Gather, codes by GatherBlockQuantized. */
export function tableOp(tensor: QuantTensor, name: string): MatrixOp {
  const { format, rows, cols, codes } = tensor;
  refuseLack(format, cols);
  if (codes instanceof Float32Array) {
    const initializers = [{ name, dims: [rows, cols], data: codes }];
    return { op: "Gather", domain: "", attributes: { axis: 0 }, initializers };
  }
  const { bits } = formatRow(format.id);
  return {
    op: "GatherBlockQuantized",
    domain: "com.microsoft",
    attributes: { gather_axis: 0, quantize_axis: 1, block_size: Number(format.group), bits },
    initializers: quantized(tensor, name, [(cols * bits) / 8]),
  };
}

function refuseLack(format: WeightFormat, cols: number): void {
  const lack = peerLack(format, cols);
  invariant(lack === null, `${lack}`);
}

/** Codes of [rows, ...dims] bytes, scales, and zero points where the format has its own. */
function quantized(
  { format, rows, cols, codes, scales, zeros }: QuantTensor,
  name: string,
  dims: readonly number[],
): Initializer[] {
  const { bits } = formatRow(format.id);
  const groups = cols / Number(format.group);
  return [
    { name, dims: [rows, ...dims], data: packed(codes, cols, bits) },
    {
      name: `${name}.scales`,
      dims: [rows, groups],
      data: Float32Array.from(scales ?? [], f16ToF32),
    },
    ...(zeros
      ? [
          {
            name: `${name}.zeros`,
            dims: [rows, Math.ceil((groups * bits) / 8)],
            data: packed(zeros, groups, bits),
          },
        ]
      : []),
  ];
}

/** Codes side by side in bytes, the first in the low bits, every row from a byte of its own on. */
function packed(codes: ArrayLike<number>, cols: number, bits: number): Uint8Array {
  const each = 8 / bits;
  const stride = Math.ceil(cols / each);
  const bytes = new Uint8Array((codes.length / cols) * stride);
  for (let i = 0; i < codes.length; i++) {
    const row = Math.floor(i / cols);
    const col = i - row * cols;
    const at = row * stride + Math.floor(col / each);
    bytes[at] = (bytes[at] ?? 0) | ((codes[i] ?? 0) << (bits * (col % each)));
  }
  return bytes;
}

/** [rows][cols] to [cols][rows] */
function transposed(values: Float32Array, rows: number, cols: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < cols; k++) out[k * rows + n] = values[n * cols + k] ?? 0;
  }
  return out;
}
