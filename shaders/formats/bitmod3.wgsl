// BitMoD 3: 0 1 2 4, from code 5 on -1 -2 -4, and code 4 stands for 3, -3, 6 or -6 by the row's key. As signed
// bytes. Defines levels_at. Expects codes_at (lib/dense_int, lib/spread24_int, lib/kept24_int) and ZERO.
const SPECIALS: u32 = 0xfa06fd03u;

fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  let codes = codes_at(row, v, ZERO);
  let bit0 = codes & 0x01010101u;
  let bit1 = (codes >> 1u) & 0x01010101u;
  let magnitudes = (codes & 0x03030303u) + (bit0 & bit1);
  let signs = (codes >> 2u) & 0x01010101u;
  // -x is ~x + 1, which carries into the next byte where x is 0.
  let negative = signs & (bit0 | bit1);
  return ((magnitudes ^ (negative * 255u)) + negative) | ((signs ^ negative) * extractBits(SPECIALS, key * 8u, 8u));
}
