import { ropeGrid, ropeParams, ropeRef, ropeShader, ropeTable } from "../../src/kernels/rope.ts";
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
  /** Values of a head that are turned; all when absent. */
  dims?: number;
  /** Keys and values stay where they are. */
  later?: boolean;
}

const shapes: Shape[] = [
  { heads: 1, kvHeads: 1, headDim: 4, position: 0, count: 1, tokens: 1, capacity: 8 },
  { heads: 8, kvHeads: 4, headDim: 8, position: 63, count: 3, tokens: 16, capacity: 512 },
  { heads: 8, kvHeads: 4, headDim: 32, position: 511, count: 1, tokens: 1, capacity: 512 },
  { heads: 9, kvHeads: 3, headDim: 64, position: 1, count: 16, tokens: 16, capacity: 64 },
  { heads: 6, kvHeads: 6, headDim: 48, position: 250, count: 16, tokens: 16, capacity: 256 },
  { heads: 2, kvHeads: 1, headDim: 80, position: 64, count: 3, tokens: 3, capacity: 128 },
  { heads: 2, kvHeads: 1, headDim: 80, dims: 32, position: 64, count: 3, tokens: 3, capacity: 128 },
  { heads: 4, kvHeads: 4, headDim: 16, dims: 4, position: 7, count: 5, tokens: 16, capacity: 64 },
  { heads: 4, kvHeads: 2, headDim: 16, dims: 2, position: 0, count: 1, tokens: 1, capacity: 8 },
  { heads: 4, kvHeads: 2, headDim: 32, dims: 0, position: 3, count: 16, tokens: 16, capacity: 32 },
  {
    ...{ heads: 8, kvHeads: 4, headDim: 32 },
    position: 3,
    count: 5,
    tokens: 16,
    capacity: 6,
    later: true,
  },
];

gpuCases("rope", gpu, shapes.map(row));

function row(shape: Shape): CaseRow {
  const { heads, kvHeads, headDim, position, count, tokens, capacity } = shape;
  const { dims = headDim, later = false } = shape;
  return {
    name: `rope ${heads}/${kvHeads}x${headDim}, ${dims} turned, at ${position} of ${capacity}, ${count} of ${tokens} tokens${later ? ", later" : ""}`,
    make(): GpuCase {
      const stride = Math.ceil(((heads + 2 * kvHeads) * headDim) / 32) * 32;
      const table = ropeTable(frequencies(dims), 1, capacity);
      const qkv = normals(headDim, tokens * stride);
      const caches = kvHeads * capacity * headDim;
      const [k, v] = [normals(1, caches), normals(2, caches)];
      const values = {
        qkv: Float64Array.from(qkv),
        k: Float64Array.from(k),
        v: Float64Array.from(v),
      };
      const bounds = { qkv: new Float64Array(qkv.length), k: new Float64Array(caches) };
      for (let t = 0; t < count && position + t < capacity; t++) {
        const at = position + t;
        for (let head = 0; head < heads + 2 * kvHeads; head++) {
          const from = t * stride + head * headDim;
          const before = qkv.subarray(from, from + headDim);
          const turned = {
            values: Float64Array.from(before),
            bounds: new Float64Array(headDim),
          };
          const part = ropeRef(
            before.subarray(0, dims),
            table.subarray(at * dims, (at + 1) * dims),
          );
          turned.values.set(part.values);
          turned.bounds.set(part.bounds);
          const to = (((head - heads) % kvHeads) * capacity + at) * headDim;
          if (head < heads) {
            values.qkv.set(turned.values, from);
            bounds.qkv.set(turned.bounds, from);
          } else if (later) {
            if (head >= heads + kvHeads) continue;
            values.qkv.set(turned.values, from);
            bounds.qkv.set(turned.bounds, from);
          } else if (head < heads + kvHeads) {
            values.k.set(turned.values, to);
            bounds.k.set(turned.bounds, to);
          } else values.v.set(before, to);
        }
      }
      return {
        steps: [
          {
            shader: ropeShader({ headDim, dims, later }, NO_FEATURES),
            grid: ropeGrid(shape, tokens),
          },
        ],
        buffers: {
          params: ropeParams({ ...shape, stride }),
          state: Uint32Array.of(position, count, 0, 0),
          // An empty buffer cannot be bound, and without turns none is.
          table: dims === 0 ? new Float32Array(4) : table,
          qkv,
          k_cache: k,
          v_cache: v,
        },
        expect: {
          qkv: { values: values.qkv, bound: bounds.qkv },
          k_cache: { values: values.k, bound: bounds.k },
          v_cache: { values: values.v },
        },
      };
    },
  };
}

function frequencies(dims: number): Float64Array {
  return Float64Array.from({ length: dims / 2 }, (_, i) => 10_000 ** ((-2 * i) / dims));
}
