// Four neighbouring inputs of a row as floats, codes as they stand: scale and zero point come later.
// Defines values. Expects codes_at (lib/dense_int, lib/spread24_int, lib/kept24_int).
// Through i32, which more compilers turn into floats quickly than u32.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  return vec4f(vec4i((vec4u(codes_at(row, v, key)) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)));
}
