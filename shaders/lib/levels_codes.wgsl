// Four inputs of a row as signed bytes that, less zero point and with BIAS added, are whole levels: the codes
// themselves, but 8-bit codes as u - 128. Defines levels_at. Expects codes_at (lib/dense_int, lib/spread24_int)
// and BIAS (the format).
fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  return codes_at(row, v, key) ^ select(0u, 0x80808080u, BIAS == 128);
}
