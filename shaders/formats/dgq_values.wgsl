// DGQ: (u - z) S of four inputs as floats, exact whichever way they are rounded; the row's key is z | S << 8.
// Defines values. Expects codes_at (lib/dense_int) and ZERO.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let codes = vec4f(vec4i((vec4u(codes_at(row, v, ZERO)) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)));
  let step = f32(key >> 8u);
  return codes * step - vec4f(f32(key & 255u) * step);
}
