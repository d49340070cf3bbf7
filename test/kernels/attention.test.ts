import { appendRef } from "../../src/kernels/append.ts";
import {
  type AttentionOptions,
  attentionGrid,
  attentionParams,
  attentionShader,
  mergeGrid,
  mergeShader,
  spanFloats,
} from "../../src/kernels/attention.ts";
import { attentionRef } from "../../src/kernels/attention-ref.ts";
import type { DeviceFeatures, ShaderKey } from "../../src/kernels/spec.ts";
import { type KvBits, kvRow, roundKv } from "../../src/quant/kv-cache.ts";
import {
  type CaseRow,
  closeAfterAll,
  type GpuCase,
  gpuCases,
  NO_FEATURES,
  normals,
  openCaseGpu,
  type Step,
} from "../support/gpu-cases.ts";

const gpu = await openCaseGpu();
closeAfterAll(gpu);

interface Shape {
  heads: number;
  kvHeads: number;
  headDim: number;
  /** Of the batch's first token. */
  position: number;
  count: number;
  /** Tokens dispatched; those beyond `count` must write nothing. */
  tokens: number;
  window?: number;
  kv?: KvBits;
  /** Workgroups that share the positions; as many as the grid says when absent. */
  spans?: number;
}

const stories = { heads: 8, kvHeads: 4, headDim: 32 };
const shapes: Shape[] = [
  ...[0, 1, 2, 3, 63, 64, 65, 511, 512, 1300].map((position) => ({
    ...stories,
    position,
    count: 1,
    tokens: 1,
  })),
  { heads: 1, kvHeads: 1, headDim: 8, position: 0, count: 1, tokens: 1 },
  { heads: 8, kvHeads: 4, headDim: 8, position: 65, count: 16, tokens: 16 },
  { heads: 6, kvHeads: 6, headDim: 48, position: 64, count: 3, tokens: 3 },
  { heads: 6, kvHeads: 6, headDim: 48, position: 511, count: 1, tokens: 1 },
  { heads: 9, kvHeads: 3, headDim: 64, position: 0, count: 16, tokens: 16 },
  { heads: 9, kvHeads: 3, headDim: 64, position: 63, count: 1, tokens: 1 },
  { heads: 14, kvHeads: 2, headDim: 64, position: 65, count: 1, tokens: 1 },
  { heads: 14, kvHeads: 2, headDim: 64, position: 509, count: 5, tokens: 16 },
  { heads: 4, kvHeads: 2, headDim: 80, position: 64, count: 3, tokens: 3 },
  { heads: 2, kvHeads: 1, headDim: 128, position: 511, count: 3, tokens: 3 },
  { ...stories, position: 0, count: 16, tokens: 16 },
  { ...stories, position: 505, count: 16, tokens: 16 },
  { ...stories, position: 63, count: 5, tokens: 16 },
  { heads: 4, kvHeads: 4, headDim: 4, position: 9, count: 1, tokens: 1 },
  { heads: 4, kvHeads: 2, headDim: 12, position: 65, count: 16, tokens: 16 },
  { heads: 4, kvHeads: 1, headDim: 256, position: 30, count: 3, tokens: 3 },
  // A window that is never full, one across tiles, and the smallest.
  ...[1, 8, 513].flatMap((window) => [
    { ...stories, position: 700, count: 1, tokens: 1, window },
    { ...stories, position: 5, count: 16, tokens: 16, window },
  ]),
  { ...stories, position: 509, count: 16, tokens: 16, window: 513 },
  // Spans: a four each and nothing for the rest, tiles cut in two, rows that see nothing of theirs. Their kernels are those of other shapes.
  { ...stories, position: 7, count: 1, tokens: 1, spans: 8 },
  { ...stories, position: 40, count: 1, tokens: 1, spans: 16 },
  { heads: 9, kvHeads: 3, headDim: 64, position: 1300, count: 1, tokens: 1, spans: 2 },
  { heads: 4, kvHeads: 2, headDim: 80, position: 65, count: 3, tokens: 3, spans: 3 },
  { ...stories, position: 505, count: 13, tokens: 16, window: 8, spans: 2 },
  { heads: 4, kvHeads: 2, headDim: 12, position: 65, count: 5, tokens: 16, spans: 2, kv: 8 },
  // Rounded caches: rows of half a word, more than one block of a key, blocks that are not full.
  ...([16, 8, 4] as const).flatMap((kv) => [
    { ...stories, position: 513, count: 1, tokens: 1, kv },
    { ...stories, position: 30, count: 16, tokens: 16, kv },
    { heads: 4, kvHeads: 2, headDim: 12, position: 65, count: 5, tokens: 16, kv },
    { heads: 4, kvHeads: 2, headDim: 80, position: 64, count: 3, tokens: 3, window: 8, kv },
  ]),
];

const rows: CaseRow[] = [];
for (const [turn, shape] of shapes.entries()) {
  const batch = shape.tokens;
  const whole = { ...shape, batch };
  const fits = qStride(shape) * shape.tokens;
  const least = 2 ** Math.ceil(Math.log2(Math.ceil(shape.headDim / 8)));
  const variants: [AttentionOptions, DeviceFeatures][] = [
    [whole, gpu.features],
    [{ ...whole, qFloats: fits }, gpu.features],
    [{ ...whole, qFloats: fits }, NO_FEATURES],
    [{ ...shape, lanes: 64 }, NO_FEATURES],
    [{ ...whole, lanes: least, q: "storage" }, NO_FEATURES],
    [{ ...whole, lanes: least, reduce: "workgroup" }, gpu.features],
    [{ ...whole, lanes: 48 }, gpu.features],
    [{ ...whole, lanes: 32 }, gpu.features],
  ];
  if (batch === 1 && shape.headDim === 32) {
    variants.push(
      [{ ...shape, qFloats: fits }, gpu.features],
      [{ ...shape, lanes: 64 }, gpu.features],
      [{ ...shape, lanes: 20 }, NO_FEATURES],
    );
  }
  // What a window, a cache or a cut into spans does to a row is the same in every cut: two of them will do.
  const { window, kv, spans } = shape;
  const plain = window === undefined && kv === undefined && spans === undefined;
  const kept = plain ? variants : variants.slice(1, kv === undefined ? 3 : 2);
  // SwiftShader compiles a cut for half a second: there they take turns, and llvmpipe has them all.
  const inTurn = kept.filter((_, i) => (i + turn) % Math.min(6, kept.length) === 0);
  const taken = gpu.adapter === "swiftshader" ? inTurn : kept;
  for (const [options, features] of taken) rows.push(row(shape, options, features));
}
const unique = rows.filter(({ name }, i) => rows.findIndex((other) => other.name === name) === i);

gpuCases("attention", gpu, unique);

function qStride({ heads, kvHeads, headDim }: Shape): number {
  return Math.ceil(((heads + 2 * kvHeads) * headDim) / 32) * 32;
}

function row(shape: Shape, options: AttentionOptions, features: DeviceFeatures): CaseRow {
  const { heads, kvHeads, position, count, tokens } = shape;
  const shader = attentionShader(options, features);
  const split = shape.spans ? ` in ${shape.spans} spans` : "";
  return {
    name: `${shader.label} ${heads}/${kvHeads} at ${position}, ${count} of ${tokens} tokens${split}`,
    make: () => ({
      steps: stepsOf(shape, shader, options, features),
      ...numbersOf(shape),
    }),
  };
}

function stepsOf(
  shape: Shape,
  shader: ShaderKey,
  options: AttentionOptions,
  features: DeviceFeatures,
): Step[] {
  const { tokens, position } = shape;
  const [x, y, z] = attentionGrid(options, tokens, position, features);
  const grid = [x, y, shape.spans ?? z] as const;
  const merge = { shader: mergeShader(shape), grid: mergeGrid(shape, tokens, grid) };
  return merge.grid[0] > 0 ? [{ shader, grid }, merge] : [{ shader, grid }];
}

const known = new Map<Shape, Omit<GpuCase, "steps">>();

/** What all variants of a shape read and should give. */
function numbersOf(shape: Shape): Omit<GpuCase, "steps"> {
  const numbers = known.get(shape) ?? makeNumbers(shape);
  known.set(shape, numbers);
  return numbers;
}

function makeNumbers(shape: Shape): Omit<GpuCase, "steps"> {
  const { heads, kvHeads, headDim, position, count, tokens, window = Infinity } = shape;
  const capacity = position + count + 3;
  const strides = { qStride: qStride(shape), yStride: heads * headDim + 32 };
  const scale = 1 / Math.sqrt(headDim);
  const q = normals(position + headDim, tokens * strides.qStride, 2);
  const whole = [cache(1, shape, capacity), cache(2, shape, capacity)] as const;
  const { k, v, buffers } = cachesOf(whole, shape);
  const y = new Float32Array(tokens * strides.yStride).fill(7);
  const values = Float64Array.from(y);
  const bound = new Float64Array(y.length);
  for (let t = 0; t < count; t++) {
    for (let head = 0; head < heads; head++) {
      const at = t * strides.qStride + head * headDim;
      const kv = Math.floor((head * kvHeads) / heads) * capacity * headDim;
      const first = Math.max(0, position + t + 1 - window);
      const want = attentionRef(
        q.subarray(at, at + headDim),
        k.subarray(kv + first * headDim),
        v.subarray(kv + first * headDim),
        position + t + 1 - first,
        Math.fround(scale),
      );
      values.set(want.values, t * strides.yStride + head * headDim);
      bound.set(want.bounds, t * strides.yStride + head * headDim);
    }
  }
  return {
    buffers: {
      params: attentionParams({ ...shape, ...strides, capacity, scale }),
      state: Uint32Array.of(position, count, 0, 0),
      q,
      ...buffers,
      y,
      spans: new Float32Array(spanFloats(headDim)),
    },
    expect: { y: { values, bound } },
  };
}

/** What the caches keep of f32, in f32 and as the kernel reads it; rounded ones hold ones behind the text, a NaN as f16. */
function cachesOf([k, v]: readonly [Float32Array, Float32Array], { headDim, kv }: Shape) {
  if (kv === undefined || kv === 32) return { k, v, buffers: { k_cache: k, v_cache: v } };
  const row = kvRow(kv, headDim);
  const positions = k.length / headDim;
  const seen = [new Float32Array(k), new Float32Array(v)] as const;
  const keys = new Uint32Array(positions * row.codes).fill(0xffffffff);
  const values = keys.slice();
  const scales = new Uint32Array(positions * row.scales).fill(0xffffffff);
  for (let at = 0; at < positions; at++) {
    const from = at * headDim;
    const [key, value] = [k, v].map((all) => all.subarray(from, from + headDim));
    if (!key || !value || Number.isNaN(key[0])) continue;
    const words = appendRef(key, value, kv);
    keys.set(words.keys, at * row.codes);
    values.set(words.values, at * row.codes);
    scales.set(words.scales, at * row.scales);
    seen[0].set(roundKv(key, "key", kv), from);
    seen[1].set(roundKv(value, "value", kv), from);
  }
  const buffers = { k_cache: keys, v_cache: values, kv_scales: scales };
  return { k: seen[0], v: seen[1], buffers };
}

/** [kv head][capacity][headDim]; NaN behind the text, which nothing may read. */
function cache(
  seed: number,
  { kvHeads, headDim, position, count }: Shape,
  capacity: number,
): Float32Array {
  const values = normals(seed, kvHeads * capacity * headDim);
  for (let kv = 0; kv < kvHeads; kv++) {
    const end = (kv + 1) * capacity * headDim;
    values.fill(Number.NaN, end - (capacity - position - count) * headDim, end);
  }
  return values;
}
