import { fullKv, type KvBits } from "../quant/kv-cache.ts";
import { kvConstants, scaleBinding } from "./append.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import {
  isNarrow,
  type Reduce,
  reduceEnables,
  reduceFile,
  type Source,
  sourceFor,
} from "./variant.ts";

export interface AttentionShape {
  readonly heads: number;
  readonly kvHeads: number;
  /** A multiple of 4, at most 256. */
  readonly headDim: number;
  /** Tokens of a batch at most, 1 when absent: a workgroup takes up to 4 rows (token, head) of a kv head. */
  readonly batch?: number;
  /** Positions a token sees, itself included; all before it when null or absent. */
  readonly window?: number | null;
  /** Bits of the caches, 32 when absent. */
  readonly kv?: KvBits;
}

export interface AttentionOptions extends AttentionShape {
  /** Values of q from the binding's start to the batch's end, if known: few enough are bound as a uniform. */
  readonly qFloats?: number;
  readonly q?: Source;
  readonly reduce?: Reduce;
  /** headDim / 8, rounded up, to 64 */
  readonly lanes?: number;
}

export function attentionShader(options: AttentionOptions, features: DeviceFeatures): ShaderKey {
  const { headDim, window = null, kv = fullKv } = options;
  const q = options.q ?? sourceFor(options.qFloats);
  const reduce = options.reduce ?? (features.subgroups ? "subgroup" : "workgroup");
  const lanes = options.lanes ?? defaultLanes(headDim, features);
  const rows = rowsOf(options);
  return {
    label: `attention/d${headDim}-r${rows}${window === null ? "" : `-w${window}`}${kv === fullKv ? "" : `-kv${kv}`}/${q}-${reduce}-l${lanes}`,
    files: [
      "kernels/attention",
      ...kvFiles(kv),
      "lib/state",
      `lib/query_${q}`,
      `lib/sight_${window === null ? "all" : "window"}`,
      reduceFile(reduce),
    ],
    constants: { HEAD_DIM: headDim, ROWS: rows, ...kvConstants(kv, headDim) },
    enables: reduceEnables(reduce),
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "state", binding: 1, access: "read" },
      { name: "q", binding: 2, access: q === "uniform" ? "uniform" : "read" },
      { name: "k_cache", binding: 3, access: "read" },
      { name: "v_cache", binding: 4, access: "read" },
      { name: "y", binding: 5, access: "read_write" },
      ...scaleBinding(kv, 6, "read"),
    ],
    overrides: window === null ? { LANES: lanes } : { LANES: lanes, WINDOW: window },
  };
}

/** What gives the kernel its keys and values. */
function kvFiles(kv: KvBits): string[] {
  return kv > 8 ? [`lib/kv_f${kv}`] : ["lib/kv_int", `lib/kv_int${kv}`];
}

function defaultLanes(headDim: number, features: DeviceFeatures): number {
  const least = 2 ** Math.ceil(Math.log2(Math.ceil(headDim / 8)));
  return Math.max(least, isNarrow(features) ? features.subgroupMax : 64);
}

function rowsOf({ heads, kvHeads, batch = 1 }: AttentionShape): number {
  return Math.min(4, (heads / kvHeads) * batch);
}

export function attentionParams(
  shape: AttentionShape & { qStride: number; yStride: number; capacity: number; scale: number },
): Uint32Array {
  const { heads, kvHeads, qStride, yStride, capacity, scale } = shape;
  const words = Uint32Array.of(heads, kvHeads, qStride, yStride, capacity, 0);
  new Float32Array(words.buffer)[5] = scale;
  return words;
}

/** The shape must be that of the shader, `batch` included; `tokens` are those of this batch. */
export function attentionGrid(shape: AttentionShape, tokens: number): [number, number, number] {
  const rows = (shape.heads / shape.kvHeads) * tokens;
  return [shape.kvHeads, Math.ceil(rows / rowsOf(shape)), 1];
}
