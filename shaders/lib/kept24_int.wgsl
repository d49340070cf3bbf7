// Kept codes 4v..4v+3 of a 2:4 row, for lib/inputs_kept. Defines codes_at and SPAN_VECS. Expects lib/sparse24_int and
// codes4.
const SPAN_VECS: u32 = 4u; // fours of kept codes in a span

fn codes_at(row: SpanRow, v: u32, zero: u32) -> u32 {
  return codes4(row.codes, v);
}
