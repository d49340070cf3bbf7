// Four neighbouring inputs of a row by one of several tables of levels, which the row's key chooses. Defines values.
// Expects book (lib/book_*) of tables of KEYED levels, codes_at (lib/dense_int) and ZERO, the code of 0.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let word = codes_at(row, v, ZERO);
  let first = key * KEYED;
  return vec4f(
    book(first + (word & (KEYED - 1u))),
    book(first + ((word >> 8u) & (KEYED - 1u))),
    book(first + ((word >> 16u) & (KEYED - 1u))),
    book(first + ((word >> 24u) & (KEYED - 1u))),
  );
}
