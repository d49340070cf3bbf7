// 1 / s rounded to nearest, and 0 for an s below the normal numbers, for 0 <= s <= 2^125: the same on every device.
fn reciprocal(s: f32) -> f32 {
  let fraction = bitcast<u32>(s) & 0x7fffffu;
  return corrected(s, i32(16777216.0 / bitcast<f32>(fraction | 0x3f800000u)));
}

// WGSL's quotients may be 2.5 units off. With the significands M of s and C of the quotient, 2^47 - M C is then
// small enough for its low 32 bits to be all of it, and C goes up or down until twice that is at most M.
fn corrected(s: f32, estimate: i32) -> f32 {
  let bits = bitcast<u32>(s);
  let exponent = bits >> 23u;
  let fraction = bits & 0x7fffffu;
  if (exponent == 0u) {
    return 0.0;
  }
  if (fraction == 0u) {
    return bitcast<f32>((254u - exponent) << 23u);
  }
  let divisor = i32(fraction | 0x800000u);
  var quotient = estimate;
  var rest = -(divisor * quotient);
  for (var i = 0u; i < 4u; i++) {
    let unit = select(0, 1, 2 * rest > divisor) - select(0, 1, 2 * rest < -divisor);
    quotient += unit;
    rest -= unit * divisor;
  }
  return bitcast<f32>(((253u - exponent) << 23u) | (u32(quotient) & 0x7fffffu));
}
