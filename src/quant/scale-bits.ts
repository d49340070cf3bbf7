import { f32ToF16 } from "../lib/f16.ts";
import type { Method } from "./types.ts";

/** f16 bits of an f32 scale; zero without a sign, so that an empty group's scale is no bits. */
export function scaleBits(scale: number): number {
  const bits = f32ToF16(scale);
  return bits === 0x8000 ? 0 : bits;
}

/** 1 / scale in f32, of the scale as it is stored; 0 for 0 and for what a GPU may take for it, being no normal f32. */
export function reciprocal(scale: number): number {
  return Math.abs(scale) < 2 ** -126 ? 0 : Math.fround(1 / scale);
}

/** Largest magnitude of values[start, stop). */
export function largestOf(values: Float32Array, start: number, stop: number): number {
  let largest = 0;
  for (let i = start; i < stop; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0));
  return largest;
}

/** The element of largest magnitude of values[start, stop), the first of equals. */
export function extremeOf(values: Float32Array, start: number, stop: number): number {
  let most = 0;
  for (let i = start; i < stop; i++) {
    const value = values[i] ?? 0;
    if (Math.abs(value) > Math.abs(most)) most = value;
  }
  return most;
}

/** Rounding error of f32 in the codes is below 1e-4 steps; a clipped group's sum is no worse. */
export function worst(bound: number, values: Float32Array, method: Method): number {
  const rounded = bound * (1 + 2e-4);
  return method !== "rtn" ? rounded * Math.sqrt(values.length) : rounded;
}
