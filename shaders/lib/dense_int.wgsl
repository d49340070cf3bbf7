// Dense int formats: a unit is a block of 32 codes, one span of inputs.
// Defines SPANS, VECS, Row, span_count, load_row and codes_at (inputs 4i..4i+3 as bytes). Expects load_codes, codes4.
const SPANS: u32 = 1u; // spans in a unit
const VECS: u32 = 8u;  // fours of inputs in a span

alias Row = Codes;

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  return load_codes(unit, row, quad);
}

fn codes_at(row: Row, i: u32, zero: u32) -> u32 {
  return codes4(row, i);
}
