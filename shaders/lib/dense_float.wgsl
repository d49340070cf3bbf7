// Dense float formats: a unit is a chunk of 16 bytes.
// Defines SPANS, VECS, Row, span_count, load_row and values (inputs 4i..4i+3). Expects load_codes, kept4, UNIT_VECS.
const SPANS: u32 = 1u;
const VECS: u32 = UNIT_VECS;

alias Row = Codes;

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  return load_codes(unit, row, quad);
}

fn values(row: Row, i: u32, zero: u32) -> vec4f {
  return kept4(row, i);
}
