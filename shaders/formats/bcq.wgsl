// Up to PLANES planes of -1 and 1, each with an f16 of its own. Defines values. Expects lib/bit_set, four_scales
// (lib/keys_four) and codes_at (lib/dense_int).
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let codes = codes_at(row, v, 0u);
  let alpha = four_scales(key);
  let three = signed(alpha.x, codes, 0u) + signed(alpha.y, codes, 1u) + signed(alpha.z, codes, 2u);
  if (PLANES == 3u) {
    return three;
  }
  return three + signed(alpha.w, codes, 3u);
}

fn signed(alpha: f32, codes: u32, plane: u32) -> vec4f {
  return select(vec4f(-alpha), vec4f(alpha), bit_set(codes, plane));
}
