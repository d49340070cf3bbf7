// Four neighbouring inputs of a row by whole levels. Defines values. Expects levels_at (formats/*) and
// lib/signed_bytes.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  return signed_bytes(levels_at(row, v, key));
}
