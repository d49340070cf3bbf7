const TWO_52 = 2 ** 52;
const SHIFT = 1.5 * TWO_52;

/** Nearest integer, halves to the even one, as WGSL's `round`; keeps the sign of zero. */
export function roundHalfEven(x: number): number {
  const magnitude = Math.abs(x);
  if (!(magnitude < TWO_52)) return x;
  // Doubles from 2^52 on are whole numbers, so the addition itself rounds, and rounds half to even.
  const rounded = magnitude + TWO_52 - TWO_52;
  return x < 0 || Object.is(x, -0) ? -rounded : rounded;
}

/** `roundHalfEven` for |x| < 2^51 without a branch; what rounds to zero from below gives +0. */
export function roundFast(x: number): number {
  return x + SHIFT - SHIFT;
}
