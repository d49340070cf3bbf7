import { dequantizeTensor } from "../quant/quantize.ts";
import { formatRow } from "../quant/registry.ts";
import type { QuantTensor, WeightFormat } from "../quant/types.ts";
import {
  beginFile,
  formatLabel,
  linearParams,
  scaleFiles,
  valueFiles,
  weightBindings,
  weightFiles,
} from "./linear.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";

const LANES = 64;

export interface EmbedShape {
  /** Vocabulary and width of the table. */
  readonly rows: number;
  readonly cols: number;
  /** Of a token in the output, in f32. */
  readonly yStride: number;
  readonly format: WeightFormat;
  /** Of a table in parts, the row at which this one begins. */
  readonly firstRow?: number;
}

/** Rows of the output head's matrix as the tokens' vectors. */
export function embedShader(format: WeightFormat, _features: DeviceFeatures): ShaderKey {
  const row = formatRow(format.id);
  return {
    label: `embed/${formatLabel(format)}`,
    files: [
      "kernels/embed",
      "lib/linear_params",
      ...weightFiles(format),
      ...valueFiles(row),
      ...scaleFiles(row),
      beginFile(row),
    ],
    constants: row.shader.constants,
    enables: [],
    bindings: [
      ...weightBindings(format),
      { name: "tokens", binding: 4, access: "read" },
      { name: "y", binding: 5, access: "read_write" },
    ],
    overrides: {},
  };
}

export function embedParams(shape: EmbedShape): Uint32Array {
  return linearParams({ ...shape, tokens: 1, xStride: 0, yOffset: 0 });
}

/** A lane takes four inputs. */
export function embedGrid(cols: number, tokens: number): [number, number, number] {
  return [Math.ceil(cols / (4 * LANES)), tokens, 1];
}

/** y [ids][cols]. The kernel gives exactly this: a scale times a code's number is rounded once, or fits into f32. */
export function embedRef(table: QuantTensor, ids: ArrayLike<number>): Float32Array {
  const { cols } = table;
  const values = dequantizeTensor(table);
  const y = new Float32Array(ids.length * cols);
  for (let t = 0; t < ids.length; t++) {
    const id = ids[t] ?? 0;
    y.set(values.subarray(id * cols, (id + 1) * cols), t * cols);
  }
  return y;
}
