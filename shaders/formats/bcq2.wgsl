// Two planes of -1 and 1, each with the f16 that is its half of the row's key. Defines values. Expects lib/bit_set and
// codes_at (lib/dense_int).
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let codes = codes_at(row, v, 0u);
  let alpha = unpack2x16float(key);
  return signed(alpha.x, codes, 0u) + signed(alpha.y, codes, 1u);
}

fn signed(alpha: f32, codes: u32, plane: u32) -> vec4f {
  return select(vec4f(-alpha), vec4f(alpha), bit_set(codes, plane));
}
