// Four neighbouring inputs of a row by a table of levels. Defines values. Expects lib/plain_book.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  return plain(row, v);
}
