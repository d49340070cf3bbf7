// BitMoD 4: e2m1 doubled, but code 8 stands for 10, -10, 16 or -16 by the row's key. As signed bytes.
// Defines levels_at. Expects codes_at (lib/dense_int, lib/spread24_int, lib/kept24_int) and ZERO.
const SPECIALS: u32 = 0xf010f60au;

fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  let codes = codes_at(row, v, ZERO);
  let bit0 = codes & 0x01010101u;
  let bit1 = (codes >> 1u) & 0x01010101u;
  let bit2 = (codes >> 2u) & 0x01010101u;
  let high = bit1 & bit2;
  let magnitudes = (codes & 0x07070707u) + (bit0 & bit2) + ((high + (high & bit0)) << 1u);
  let signs = (codes >> 3u) & 0x01010101u;
  let negative = signs & (bit0 | bit1 | bit2);
  return ((magnitudes ^ (negative * 255u)) + negative) | ((signs ^ negative) * extractBits(SPECIALS, key * 8u, 8u));
}
