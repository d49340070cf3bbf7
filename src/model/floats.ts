import { f16ArrayToF32 } from "../lib/f16.ts";

/** Stored values to float32; `out` has as many places as there are values. */
export type BlockDecoder = (blocks: Uint8Array, out: Float32Array) => void;

// Typed arrays are little-endian, as the files are, on every machine that has WebGPU. The bytes may
// begin anywhere, which a wider array's view may not: values are copied first.

export function decodeF32(bytes: Uint8Array, out: Float32Array): void {
  new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes);
}

export function decodeF16(bytes: Uint8Array, out: Float32Array): void {
  f16ArrayToF32(halves(bytes), out);
}

export function decodeBf16(bytes: Uint8Array, out: Float32Array): void {
  // bfloat16 is the upper half of a float32.
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length);
  const bits = halves(bytes);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] ?? 0) << 16;
}

function halves(bytes: Uint8Array): Uint16Array {
  if (bytes.byteOffset % 2 === 0)
    return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const copy = new Uint16Array(bytes.length / 2);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}
