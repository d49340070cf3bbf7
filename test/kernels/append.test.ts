import {
  appendGrid,
  appendParams,
  appendRef,
  appendShader,
  type RoundedKv,
} from "../../src/kernels/append.ts";
import { kvRow } from "../../src/quant/kv-cache.ts";
import {
  type CaseRow,
  closeAfterAll,
  type GpuCase,
  gpuCases,
  NO_FEATURES,
  normals,
  openCaseGpu,
} from "../support/gpu-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

interface Shape {
  heads: number;
  kvHeads: number;
  headDim: number;
  position: number;
  count: number;
  /** Tokens dispatched; those beyond `count` must write nothing. */
  tokens: number;
  capacity: number;
}

const shapes: Shape[] = [
  { heads: 8, kvHeads: 4, headDim: 32, position: 0, count: 16, tokens: 16, capacity: 40 },
  { heads: 1, kvHeads: 1, headDim: 4, position: 3, count: 1, tokens: 1, capacity: 8 },
  { heads: 4, kvHeads: 2, headDim: 12, position: 5, count: 5, tokens: 16, capacity: 16 },
  { heads: 2, kvHeads: 1, headDim: 80, position: 6, count: 3, tokens: 3, capacity: 8 },
  { heads: 2, kvHeads: 2, headDim: 256, position: 1, count: 2, tokens: 2, capacity: 4 },
];

gpuCases(
  "append",
  gpu,
  shapes.flatMap((shape) => ([16, 8, 4] as const).map((kv) => row(shape, kv))),
);

/** Equal bits: a code that is off by one is a fault. */
function row(shape: Shape, kv: RoundedKv): CaseRow {
  const { heads, kvHeads, headDim, position, count, tokens, capacity } = shape;
  const shader = appendShader({ headDim, kv }, NO_FEATURES);
  return {
    name: `${shader.label} ${kvHeads} heads at ${position} of ${capacity}, ${count} of ${tokens} tokens`,
    make(): GpuCase {
      const stride = Math.ceil(((heads + 2 * kvHeads) * headDim) / 32) * 32;
      const qkv = normals(headDim, tokens * stride);
      const words = kvRow(kv, headDim);
      const filled = (each: number) => new Uint32Array(kvHeads * capacity * each).fill(0x5a5a5a5a);
      const caches = {
        k_cache: filled(words.codes),
        v_cache: filled(words.codes),
        ...(words.scales > 0 && { kv_scales: filled(words.scales) }),
      };
      for (let t = 0; t < count; t++) makeHostile(qkv.subarray(t * stride), shape, t);
      const want = {
        k_cache: caches.k_cache.slice(),
        v_cache: caches.v_cache.slice(),
        ...(caches.kv_scales && { kv_scales: caches.kv_scales.slice() }),
      };
      for (let t = 0; t < count && position + t < capacity; t++) {
        for (let head = 0; head < kvHeads; head++) {
          const key = t * stride + (heads + head) * headDim;
          const value = key + kvHeads * headDim;
          const kept = appendRef(
            qkv.subarray(key, key + headDim),
            qkv.subarray(value, value + headDim),
            kv,
          );
          const at = head * capacity + position + t;
          want.k_cache.set(kept.keys, at * words.codes);
          want.v_cache.set(kept.values, at * words.codes);
          want.kv_scales?.set(kept.scales, at * words.scales);
        }
      }
      return {
        steps: [{ shader, grid: appendGrid(kvHeads, tokens) }],
        buffers: {
          params: appendParams({ heads, kvHeads, stride, capacity }),
          state: Uint32Array.of(position, count, 0, 0),
          qkv,
          ...caches,
        },
        expect: Object.fromEntries(
          Object.entries(want).map(([name, values]) => [name, { values }]),
        ),
      };
    },
  };
}

/** Zeros, ties of both signs, outliers, halves, what f16 cannot hold and what it holds as a subnormal. */
function makeHostile(token: Float32Array, { heads, headDim }: Shape, t: number): void {
  const key = token.subarray(heads * headDim);
  switch (t % 6) {
    case 1:
      key.fill(0, 0, headDim);
      break;
    case 2:
      key.set([-3, 3, 3, -3]);
      break;
    case 3:
      for (let i = 0; i < headDim; i++) key[i] = ((i % 15) - 7) / 2;
      break;
    case 4:
      key.set([1e9, -70_000, 65_519, 1e-30]);
      break;
    case 5:
      for (let i = 0; i < headDim; i++) key[i] = (key[i] ?? 0) * 1e-6;
      break;
    default:
      key[headDim - 1] = 1e4;
  }
}
