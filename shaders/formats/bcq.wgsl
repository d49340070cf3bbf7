// Planes of signs, each times a whole number that is a byte of the row's key; these sum up to 127 at most. Their sum as
// signed bytes. Defines levels_at. Expects codes_at (lib/dense_int) and PLANES.
fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  let codes = codes_at(row, v, 0u);
  // 128 more than the level, which is the least for no bit set and twice a whole number more for each: no byte overflows.
  let total = (key * 0x01010101u) >> 24u;
  var levels = (128u - total) * 0x01010101u;
  for (var p = 0u; p < PLANES; p++) {
    levels += ((codes >> p) & 0x01010101u) * (((key >> (8u * p)) & 255u) << 1u);
  }
  return levels ^ 0x80808080u;
}
