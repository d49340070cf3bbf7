// Four neighbouring inputs of a row before their scale, by whole levels. Defines plain. Expects levels_at (formats/*) and
// lib/signed_bytes.
fn plain(row: SpanRow, v: u32) -> vec4f {
  return signed_bytes(levels_at(row, v, ZERO));
}
