import { F16_MAX, f16ToF32, f32ToF16 } from "../lib/f16.ts";
import { dequantizeTensor, quantizeTensor } from "./quantize.ts";
import { formatRow } from "./registry.ts";

/** Bits of a cached key or value; 32: f32, 16: f16, 8 and 4: integers with f16 scales. */
export type KvBits = 32 | 16 | 8 | 4;
export const fullKv = 32;
export const kvWidths: readonly KvBits[] = [32, 16, 8, 4];

/** Channels of a key that share a scale, counted from each head's first; a head's last ones may be fewer. */
const KEY_BLOCK = 32;

/** Words that one position takes in one kv head's caches. */
export interface KvRow {
  /** Of its key, and as many of its value. */
  readonly codes: number;
  /** f16 scales of the key's blocks, then that of the value, two to a word. */
  readonly scales: number;
}

/** Scales of a key: one for each started block of channels. */
export function keyScales(headDim: number): number {
  return Math.ceil(headDim / KEY_BLOCK);
}

export function kvRow(bits: KvBits, headDim: number): KvRow {
  return {
    codes: Math.ceil((headDim * bits) / 32),
    scales: bits > 8 ? 0 : Math.ceil((keyScales(headDim) + 1) / 2),
  };
}

/** A key or value of one head as codes and scales; with 16 bits the codes are f16 and there are no scales. */
export interface KvCodes {
  readonly codes: Int8Array | Uint16Array;
  readonly scales: Uint16Array;
}

/**
 * One head's key or value [headDim] as the cache keeps it. With 8 and 4 bits these are the codes of `int8` and `int4`, symmetric, round to
 * nearest: a key by blocks of 32 channels, because some channels are always large, a value with one scale for the token. Every position
 * stands for itself, so that going back in a text or cutting a batch elsewhere changes no code. After KIVI, 2024 (arXiv 2402.02750),
 * which lets positions share the scale of a key's channel. What f16 cannot express becomes the largest that it can.
 */
export function quantizeKv(
  values: Float32Array,
  part: "key" | "value",
  bits: Exclude<KvBits, 32>,
): KvCodes {
  if (bits === 16) {
    const codes = Uint16Array.from(values, (value) => f32ToF16(held(value, F16_MAX)));
    return { codes, scales: new Uint16Array() };
  }
  const { codes, scales } = quantizeTensor(...asMatrix(values, part, bits));
  const half = 2 ** (bits - 1);
  return {
    codes: Int8Array.from(codes, (code) => code - half),
    scales: Uint16Array.from(scales ?? []),
  };
}

/** What the cache gives back for it, in f32. */
export function roundKv(values: Float32Array, part: "key" | "value", bits: KvBits): Float32Array {
  if (bits === 32) return values;
  if (bits === 16) return values.map((value) => f16ToF32(f32ToF16(held(value, F16_MAX))));
  return dequantizeTensor(quantizeTensor(...asMatrix(values, part, bits)));
}

function asMatrix(
  values: Float32Array,
  part: "key" | "value",
  bits: 8 | 4,
): Parameters<typeof quantizeTensor> {
  const id = `int${bits}`;
  const { largest } = formatRow(id);
  const group = part === "key" ? KEY_BLOCK : "row";
  return [
    values.map((value) => held(value, largest)),
    1,
    values.length,
    { id, group, sparse: false, method: "rtn" },
  ];
}

function held(value: number, limit: number): number {
  return Math.max(-limit, Math.min(value, limit));
}
