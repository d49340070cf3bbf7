// Dense float formats: a unit is a chunk of 16 bytes.
// Defines SPANS, VECS, Row, SpanRow, span_count, load_row, span_row and values (inputs 4v..4v+3).
// Expects load_codes, kept4, UNIT_VECS.
const SPANS: u32 = 1u;
const VECS: u32 = UNIT_VECS;

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

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  return kept4(row, v);
}
