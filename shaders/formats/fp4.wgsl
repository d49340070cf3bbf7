// 4-bit floats e2m1 over their largest, 6. Defines values. Expects levels_at (formats/e2m1) and
// lib/signed_bytes.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  return signed_bytes(levels_at(row, v, key)) * (1.0 / 12.0);
}
