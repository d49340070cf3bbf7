import { tensorBytes } from "./pack.ts";
import type { Layout, TensorBytes, WeightFormat } from "./types.ts";

/** A matrix, or several alike; `rows` is the output, `cols` the input dimension. */
export interface SizedMatrix {
  readonly format: WeightFormat;
  readonly rows: number;
  readonly cols: number;
  readonly layout: Layout;
  /** 1 when left out. */
  readonly count?: number;
}

export interface Size extends TensorBytes {
  readonly total: number;
  /** Weights that the bytes stand for, pruned ones included. */
  readonly parameters: number;
  /** 8 * total / parameters; 0 of nothing. */
  readonly bitsPerWeight: number;
}

/** Bytes of the buffers that packTensor makes for these matrices, padding included. */
export function sizeOf(matrices: Iterable<SizedMatrix>): Size {
  let weights = 0;
  let scales = 0;
  let positions = 0;
  let parameters = 0;
  for (const { format, rows, cols, layout, count = 1 } of matrices) {
    const bytes = tensorBytes(format, rows, cols, layout);
    weights += count * bytes.weights;
    scales += count * bytes.scales;
    positions += count * bytes.positions;
    parameters += count * rows * cols;
  }
  const total = weights + scales + positions;
  const bitsPerWeight = parameters === 0 ? 0 : (8 * total) / parameters;
  return { weights, scales, positions, total, parameters, bitsPerWeight };
}
