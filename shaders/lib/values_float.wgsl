// Dense float formats: four neighbouring inputs of a row.
// Defines SPANS, VECS, Row, span_count, load_row, values. Expects a format with load_codes, kept4 and UNIT_VECS.
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
