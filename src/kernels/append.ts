import { type KvBits, type KvCodes, keyScales, kvRow, quantizeKv } from "../quant/kv-cache.ts";
import type { BindingSpec, DeviceFeatures, ShaderKey } from "./spec.ts";

/** Bits of a cache that keys and values are rounded into. */
export type RoundedKv = Exclude<KvBits, 32>;

export interface AppendOptions {
  /** A multiple of 4, at most 256. */
  readonly headDim: number;
  readonly kv: RoundedKv;
}

export function appendShader(options: AppendOptions, _features: DeviceFeatures): ShaderKey {
  const { headDim, kv } = options;
  return {
    label: `append/d${headDim}-kv${kv}`,
    files: [
      "kernels/append",
      "lib/state",
      "lib/half",
      ...(kv === 16 ? ["lib/put_f16"] : ["lib/reciprocal", "lib/put_int", `lib/put_int${kv}`]),
    ],
    constants: { HEAD_DIM: headDim, ...kvConstants(kv, headDim) },
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "state", binding: 1, access: "read" },
      { name: "qkv", binding: 2, access: "read" },
      { name: "k_cache", binding: 3, access: "read_write" },
      { name: "v_cache", binding: 4, access: "read_write" },
      ...scaleBinding(kv, 5, "read_write"),
    ],
    overrides: {},
  };
}

/** What shaders that write or read rounded caches are told of them. */
export function kvConstants(kv: KvBits, headDim: number): Record<string, number> {
  return kv > 8 ? {} : { BITS: kv, SCALE_WORDS: kvRow(kv, headDim).scales };
}

export function scaleBinding(
  kv: KvBits,
  binding: number,
  access: BindingSpec["access"],
): BindingSpec[] {
  return kv > 8 ? [] : [{ name: "kv_scales", binding, access }];
}

export function appendParams(shape: {
  heads: number;
  kvHeads: number;
  stride: number;
  capacity: number;
}): Uint32Array {
  return Uint32Array.of(shape.heads, shape.kvHeads, shape.stride, shape.capacity);
}

export function appendGrid(kvHeads: number, tokens: number): [number, number, number] {
  return [kvHeads, tokens, 1];
}

/** What one position of one kv head becomes in the caches, word for word. */
export function appendRef(
  key: Float32Array,
  value: Float32Array,
  kv: RoundedKv,
): { keys: Uint32Array; values: Uint32Array; scales: Uint32Array } {
  const row = kvRow(kv, key.length);
  const [k, v] = [quantizeKv(key, "key", kv), quantizeKv(value, "value", kv)];
  const scales = new Uint16Array(row.scales * 2);
  if (row.scales > 0) {
    scales.set(k.scales);
    scales.set(v.scales, keyScales(key.length));
  }
  return {
    keys: words(k, kv, row.codes),
    values: words(v, kv, row.codes),
    scales: new Uint32Array(scales.buffer),
  };
}

/** Codes side by side, the first in the lowest bits. */
function words({ codes }: KvCodes, bits: number, count: number): Uint32Array {
  const packed = new Uint32Array(count);
  const each = 32 / bits;
  codes.forEach((code, i) => {
    const at = Math.floor(i / each);
    packed[at] = (packed[at] ?? 0) | ((code & (2 ** bits - 1)) << (bits * (i % each)));
  });
  return packed;
}
