// Four inputs of a row as the signed bytes 2u - TOP. Defines levels_at. Expects codes_at (lib/dense_int) and TOP.
fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  // The highest bit of each byte is lent to the subtraction, so that none borrows from the next.
  return (((codes_at(row, v, 0u) << 1u) | 0x80808080u) - TOP * 0x01010101u) ^ 0x80808080u;
}
