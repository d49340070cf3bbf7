// Four neighbouring inputs of a row by its palette. Defines values. Expects level (lib/palette) and codes_at.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let word = codes_at(row, v, ZERO);
  return vec4f(
    level(key, word & 255u),
    level(key, (word >> 8u) & 255u),
    level(key, (word >> 16u) & 255u),
    level(key, word >> 24u),
  );
}
