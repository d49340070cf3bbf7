/** Largest finite f16. */
export const F16_MAX = 65504;

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/**
 * Bits of the f16 nearest to an f32 (other numbers are rounded to f32 first), halves to even,
 * subnormals kept. From 65520 on, where IEEE 754 rounds away from 65504, the result is infinity;
 * every NaN becomes the quiet NaN 0x7e00 with its sign.
 */
export function f32ToF16(value: number): number {
  float[0] = value;
  const bits = word[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below 2^-14: f32 numbers from 0.5 to 1 are 2^-24 apart, just as f16 subnormals are.
    float[0] = Math.abs(Math.fround(value)) + 0.5;
    return sign | ((word[0] ?? 0) - 0x3f000000);
  }
  // Rebias the exponent by 112 and round 13 mantissa bits away, a tie by the lowest bit that stays.
  const odd = (magnitude >>> 13) & 1;
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
}

/** The number that f16 bits stand for; exact, as every f16 is an f32. */
export function f16ToF32(bits: number): number {
  return table()[bits & 0xffff] ?? 0;
}

/** The f16 that two bytes of a file hold, little-endian. */
export function half16(bytes: Uint8Array, at: number): number {
  return f16ToF32((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
}

/** Bits of the nearest f16 of every element, see f32ToF16; into `out` (same length) when given. */
export function f32ArrayToF16(
  values: Float32Array,
  out: Uint16Array = new Uint16Array(values.length),
): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const magnitude = (bits[i] ?? 0) & 0x7fffffff;
    if (magnitude >= 0x38800000 && magnitude < 0x477ff000) {
      const odd = (magnitude >>> 13) & 1;
      out[i] = (((bits[i] ?? 0) >>> 16) & 0x8000) | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13);
    } else {
      out[i] = f32ToF16(values[i] ?? 0);
    }
  }
  return out;
}

/** The numbers that f16 bits stand for; into `out` (same length) when given. */
export function f16ArrayToF32(
  bits: Uint16Array,
  out: Float32Array = new Float32Array(bits.length),
): Float32Array {
  const values = table();
  for (let i = 0; i < bits.length; i++) out[i] = values[bits[i] ?? 0] ?? 0;
  return out;
}

let cached: Float32Array | undefined;

/** All 65536 values, 256 KiB, made on first use. */
function table(): Float32Array {
  if (!cached) {
    cached = new Float32Array(0x10000);
    for (let bits = 0; bits < 0x10000; bits++) cached[bits] = decode(bits);
  }
  return cached;
}

function decode(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
