// 4-bit floats e2m1, doubled: 0 1 2 3 4 6 8 12, and from code 8 on their negatives, as signed bytes.
// Defines levels_at. Expects codes_at (lib/dense_int, lib/spread24_int, lib/kept24_int) and ZERO.
fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  return e2m1_bytes(codes_at(row, v, ZERO));
}

// All four bytes at once: 5, 6 and 7 stand for 1, 2 and 5 more than themselves.
fn e2m1_bytes(codes: u32) -> u32 {
  let bit0 = codes & 0x01010101u;
  let bit1 = (codes >> 1u) & 0x01010101u;
  let bit2 = (codes >> 2u) & 0x01010101u;
  let high = bit1 & bit2;
  let magnitudes = (codes & 0x07070707u) + (bit0 & bit2) + ((high + (high & bit0)) << 1u);
  // -x is ~x + 1, which carries into the next byte where x is 0: -0 stays 0.
  let negative = (codes >> 3u) & (bit0 | bit1 | bit2);
  return (magnitudes ^ (negative * 255u)) + negative;
}
