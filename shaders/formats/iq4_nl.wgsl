// IQ4_NL: sixteen whole levels, closer together near zero. Defines LEVELS, BOOK (lib/book_*) and levels_at (as signed bytes).
// Expects codes_at (lib/dense_int).
const BOOK: u32 = 16u;
const LEVELS = array<f32, BOOK>(
  -127.0, -104.0, -83.0, -65.0, -49.0, -35.0, -22.0, -10.0,
  1.0, 13.0, 25.0, 38.0, 53.0, 69.0, 89.0, 113.0,
);
const BYTES = array<u32, 16>(
  0x81u, 0x98u, 0xadu, 0xbfu, 0xcfu, 0xddu, 0xeau, 0xf6u,
  0x01u, 0x0du, 0x19u, 0x26u, 0x35u, 0x45u, 0x59u, 0x71u,
);

fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  let codes = codes_at(row, v, ZERO);
  return BYTES[codes & 15u] | (BYTES[(codes >> 8u) & 15u] << 8u)
    | (BYTES[(codes >> 16u) & 15u] << 16u) | (BYTES[(codes >> 24u) & 15u] << 24u);
}
