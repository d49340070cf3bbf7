import { expect, it } from "vitest";
import { f16ArrayToF32, f16ToF32, f32ArrayToF16, f32ToF16 } from "../../src/lib/f16.ts";
import { createRng } from "../../src/lib/rng.ts";

const INFINITY_BITS = 0x7c00;

it("knows the landmarks", () => {
  expect(f16ToF32(0x3c00)).toBe(1);
  expect(f16ToF32(0xc000)).toBe(-2);
  expect(f16ToF32(0x7bff)).toBe(65504);
  expect(f16ToF32(0x0400)).toBe(2 ** -14);
  expect(f16ToF32(0x0001)).toBe(2 ** -24);
  expect(f16ToF32(0x8000)).toBe(-0);
  expect(f16ToF32(INFINITY_BITS)).toBe(Number.POSITIVE_INFINITY);
  expect(f16ToF32(0x7e00)).toBeNaN();
});

it("gives every number's bits back", () => {
  const bits = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
  const back = f32ArrayToF16(f16ArrayToF32(bits));
  const isNaNBits = (b: number) => (b & 0x7fff) > INFINITY_BITS;
  expect(bits.filter((b) => (isNaNBits(b) ? !isNaNBits(back[b] ?? 0) : back[b] !== b))).toEqual(
    new Uint16Array(0),
  );
});

it("rounds to the nearest, halves to even, between every two neighbours", () => {
  const wrong: number[] = [];
  for (let bits = 0; bits < 0x7bff; bits++) {
    const low = f16ToF32(bits);
    const high = f16ToF32(bits + 1);
    // Exact in f32, and a 1/8 step to its sides is too.
    const middle = (low + high) / 2;
    const step = (high - low) / 8;
    const even = bits % 2 === 0 ? bits : bits + 1;
    const asExpected =
      f32ToF16(middle) === even &&
      f32ToF16(middle - step) === bits &&
      f32ToF16(middle + step) === bits + 1 &&
      f32ToF16(-middle) === (even | 0x8000);
    if (!asExpected) wrong.push(bits);
  }
  expect(wrong).toEqual([]);
});

it("goes to infinity from 65520 and to zero up to 2^-25", () => {
  expect(f32ToF16(65519.996)).toBe(0x7bff);
  expect(f32ToF16(65520)).toBe(INFINITY_BITS);
  expect(f32ToF16(-1e30)).toBe(0xfc00);
  expect(f32ToF16(1e300)).toBe(INFINITY_BITS);
  expect(f32ToF16(2 ** -25)).toBe(0);
  expect(f32ToF16(-(2 ** -25))).toBe(0x8000);
  expect(f32ToF16(2 ** -25 * (1 + 2 ** -23))).toBe(1);
  expect(f32ToF16(2 ** -149)).toBe(0);
  expect(f32ToF16(Number.NaN)).toBe(0x7e00);
});

it("converts arrays as it converts numbers", () => {
  const rng = createRng(7);
  const words = Uint32Array.from({ length: 20000 }, () => rng.integer(2 ** 32));
  const values = new Float32Array(words.buffer);
  expect(f32ArrayToF16(values)).toEqual(Uint16Array.from(values, f32ToF16));
});
