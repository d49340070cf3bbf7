// Kept values 4v..4v+3 of a 2:4 row, for lib/inputs_kept. Defines values. Expects lib/sparse24_float and
// kept4.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  return kept4(row.codes, v);
}
