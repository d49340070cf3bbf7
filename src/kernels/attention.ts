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

/** Positions that are worth a workgroup of their own, and another dispatch. */
const SPAN = 256;
/** Workgroups that keep a device busy: more would only leave more to merge. */
const BUSY = { narrow: 16, wide: 64 } as const;
const MOST_ROWS = 4;
const MERGE_LANES = 32;

export function attentionShader(options: AttentionOptions, features: DeviceFeatures): ShaderKey {
  const { headDim, window = null, kv = fullKv } = options;
  const q = options.q ?? sourceFor(options.qFloats);
  const lanes = options.lanes ?? defaultLanes(headDim, features);
  const reduce = options.reduce ?? defaultReduce(headDim, lanes, features);
  const rows = rowsOf(options);
  return {
    label: `attention/d${headDim}-r${rows}${window === null ? "" : `-w${window}`}${kv === fullKv ? "" : `-kv${kv}`}/${q}-${reduce}-l${lanes}`,
    files: [
      "kernels/attention",
      "lib/fours",
      `lib/pass_${reduce === "single" ? "subgroup" : "workgroup"}`,
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
      { name: "spans", binding: 7, access: "read_write" },
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

/**
 * A workgroup of one subgroup has no use for barriers, which are dear on CPUs: Mesa's keeps what a lane knows in memory where there are
 * any. Lanes then pass on what they have by their numbers, which neither dims that fill no pair of quads nor idle lanes allow.
 */
function defaultReduce(headDim: number, lanes: number, features: DeviceFeatures): Reduce {
  if (!features.subgroups) return "workgroup";
  const { subgroupMin, subgroupMax } = features;
  const one = isNarrow(features) && subgroupMin === lanes && subgroupMax === lanes;
  return one && headDim % 8 === 0 && lanes % (headDim / 8) === 0 ? "single" : "subgroup";
}

function rowsOf({ heads, kvHeads, batch = 1 }: AttentionShape): number {
  return Math.min(MOST_ROWS, (heads / kvHeads) * batch);
}

export function attentionParams(
  shape: AttentionShape & { qStride: number; yStride: number; capacity: number; scale: number },
): Uint32Array {
  const { heads, kvHeads, qStride, yStride, capacity, scale } = shape;
  const words = Uint32Array.of(heads, kvHeads, qStride, yStride, capacity, 0);
  new Float32Array(words.buffer)[5] = scale;
  return words;
}

/**
 * Behind so many positions. The shape must be that of the shader, `batch` included; `tokens` are those of this batch. Several workgroups
 * behind one another (z) take spans of the positions, which mergeShader joins.
 */
export function attentionGrid(
  shape: AttentionShape,
  tokens: number,
  position: number,
  features: DeviceFeatures,
): [number, number, number] {
  const tiles = Math.ceil(((shape.heads / shape.kvHeads) * tokens) / rowsOf(shape));
  const seen = Math.min(position, shape.window ?? Infinity) + tokens;
  const busy = BUSY[isNarrow(features) ? "narrow" : "wide"];
  const spans = Math.min(Math.floor(busy / (shape.kvHeads * tiles)), Math.floor(seen / SPAN));
  return [shape.kvHeads, tiles, Math.max(1, spans)];
}

/** Floats that the spans of a batch leave at most, on any device. */
export function spanFloats(headDim: number): number {
  return BUSY.wide * MOST_ROWS * (headDim + 4);
}

/** Joins the spans of attentionShader; the params are attention's. */
export function mergeShader({ headDim }: Pick<AttentionShape, "headDim">): ShaderKey {
  return {
    label: `merge/d${headDim}`,
    files: ["kernels/merge", "lib/state"],
    constants: { HEAD_DIM: headDim },
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "state", binding: 1, access: "read" },
      { name: "y", binding: 5, access: "read_write" },
      { name: "spans", binding: 7, access: "read" },
    ],
    overrides: { LANES: MERGE_LANES },
  };
}

/** Nothing to do where attention's grid, of the same batch, has one span. */
export function mergeGrid(
  { heads, headDim }: Pick<AttentionShape, "heads" | "headDim">,
  tokens: number,
  [, , spans]: readonly [number, number, number],
): [number, number, number] {
  const quads = (tokens * heads * headDim) / 4;
  return [spans > 1 ? Math.ceil(quads / MERGE_LANES) : 0, 1, 1];
}
