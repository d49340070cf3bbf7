import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import { isNarrow, type Reduce, reduceEnables, reduceFile } from "./variant.ts";

/** Segments of a row of queries, keys and values, each normed by itself. */
export interface QknormShape {
  /** Segments of queries, then of keys, and their widths, multiples of 4. */
  readonly queries: number;
  readonly keys: number;
  readonly queryWidth: number;
  readonly keyWidth: number;
}

export interface QknormOptions {
  readonly reduce?: Reduce;
  readonly lanes?: number;
}

/** Norms queries and keys in place; a segment is judged by rmsnormRef. */
export function qknormShader(
  shape: QknormShape,
  features: DeviceFeatures,
  options: QknormOptions = {},
): ShaderKey {
  const reduce = options.reduce ?? (features.subgroups ? "subgroup" : "workgroup");
  const quads = 2 ** Math.ceil(Math.log2(Math.max(shape.queryWidth, shape.keyWidth) / 4));
  const lanes = options.lanes ?? Math.max(4, Math.min(isNarrow(features) ? 8 : 64, quads));
  return {
    label: `qknorm/${reduce}-l${lanes}`,
    files: ["kernels/qknorm", "lib/state", reduceFile(reduce)],
    constants: {},
    enables: reduceEnables(reduce),
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "state", binding: 1, access: "read" },
      { name: "gain", binding: 2, access: "read" },
      { name: "qkv", binding: 3, access: "read_write" },
    ],
    overrides: { LANES: lanes },
  };
}

export function qknormParams(
  { queries, queryWidth, keyWidth }: QknormShape,
  stride: number,
  eps: number,
): Uint32Array {
  const words = Uint32Array.of(queries, queryWidth, keyWidth, stride, 0);
  new Float32Array(words.buffer)[4] = eps;
  return words;
}

export function qknormGrid(
  { queries, keys }: QknormShape,
  tokens: number,
): [number, number, number] {
  return [queries + keys, tokens, 1];
}
