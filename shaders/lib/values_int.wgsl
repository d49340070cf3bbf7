// Dense int formats: four neighbouring inputs of a row as floats, codes as they stand (scale and zero point come later).
// Defines SPANS, VECS, Row, span_count, load_row, codes_at, values. Expects a format with load_codes and codes4.
const SPANS: u32 = 1u; // spans of 32 inputs in a unit
const VECS: u32 = 8u;  // vec4s in a span

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

// Through i32, which more compilers turn into floats quickly than u32.
fn values(row: Row, i: u32, zero: u32) -> vec4f {
  return vec4f(vec4i((vec4u(codes_at(row, i, zero)) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)));
}
