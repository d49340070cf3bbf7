// Four neighbouring inputs of a row before their scale, by a table of levels. Defines plain. Expects book (lib/book_*),
// codes_at (lib/dense_int, lib/spread24_int, lib/kept24_int) and ZERO, the code of 0.
fn plain(row: SpanRow, v: u32) -> vec4f {
  let word = codes_at(row, v, ZERO);
  return vec4f(book(word & 15u), book((word >> 8u) & 15u), book((word >> 16u) & 15u), book((word >> 24u) & 15u));
}
