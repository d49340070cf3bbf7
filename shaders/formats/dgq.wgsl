// DGQ: 4-bit codes u as the whole numbers (u - z) S of a group, signed bytes; the row's key is z | S << 8.
// Defines levels_at. Expects codes_at (lib/dense_int) and ZERO.
fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  let codes = (vec4u(codes_at(row, v, ZERO)) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  let levels = ((codes - vec4u(key & 255u)) * vec4u(key >> 8u)) & vec4u(255u);
  return levels.x | (levels.y << 8u) | (levels.z << 16u) | (levels.w << 24u);
}
