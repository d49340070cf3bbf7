// Dense int formats: a unit is a block of 32 codes, one span of inputs.
// Defines SPANS, VECS, SPAN_VECS, Row, SpanRow, span_count, load_row, span_row and codes_at (inputs 4v..4v+3 of a span
// as bytes).
// Expects load_codes, codes4.
const SPANS: u32 = 1u; // spans in a unit
const VECS: u32 = 8u;  // fours of inputs in a span
const SPAN_VECS: u32 = 8u; // fours of codes in a span

alias Row = Codes;
alias SpanRow = Codes;

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  return load_codes(unit, row, quad);
}

fn span_row(row: Row, s: u32) -> SpanRow {
  return row;
}

fn codes_at(row: SpanRow, v: u32, zero: u32) -> u32 {
  return codes4(row, v);
}
