// x / divisor to the nearest f32, of a whole divisor of `bits` bits, odd or a power of two, at most 8; for x >= 0, and 0 for
// quotients that round to 0 as f16. WGSL's own may be 2.5 units off. The significand, moved up by `bits`, gives a
// whole quotient of 24 or 25 bits and a rest.
fn quotient(x: f32, divisor: u32, bits: u32) -> f32 {
  let word = bitcast<u32>(x);
  let exponent = word >> 23u;
  if (exponent < 64u) {
    return 0.0;
  }
  let dividend = ((word & 0x7fffffu) | 0x800000u) << bits;
  let whole = dividend / divisor;
  let long = whole >> 24u;
  let kept = whole >> long;
  // Twice what is cut off against what one more would be worth. Never the same: x has too few bits to be an odd
  // divisor times a number halfway between two f32, and a power of two divides without a rest.
  let up = select(0u, 1u, 2u * (dividend - (kept << long) * divisor) > (divisor << long));
  return bitcast<f32>(((exponent + long - bits) << 23u) + (kept + up - 0x800000u));
}
