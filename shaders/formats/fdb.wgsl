// Two planes of 0 and 1, each with the f16 that is its half of the row's key. Defines values. Expects lib/bit_set and
// codes_at (lib/dense_int).
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let codes = codes_at(row, v, 0u);
  let alpha = unpack2x16float(key);
  return select(vec4f(), vec4f(alpha.x), bit_set(codes, 0u)) + select(vec4f(), vec4f(alpha.y), bit_set(codes, 1u));
}
