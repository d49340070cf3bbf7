// 2:4 int formats: a unit is a block of 32 kept codes, two spans of inputs.
// Defines SPANS, VECS, Row, SpanRow, span_count, load_row, span_row and places_of. Expects load_codes,
// second_half.
@group(0) @binding(3) var<storage, read> positions: array<vec2u>; // [block][row in quad][quad]: a nibble a four

const SPANS: u32 = 2u;
const VECS: u32 = 8u;

struct Row {
  codes: Codes,
  positions: vec2u,
}

struct SpanRow {
  codes: Codes,
  positions: u32,
}

fn span_count(unit: u32) -> u32 {
  return min(2u, params.spans - 2u * unit);
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  return Row(load_codes(unit, row, quad), positions[(unit * 4u + row) * params.quads + quad]);
}

fn span_row(row: Row, s: u32) -> SpanRow {
  if (s == 1u) {
    return SpanRow(second_half(row.codes), row.positions.y);
  }
  return SpanRow(row.codes, row.positions.x);
}

fn places_of(row: SpanRow) -> u32 {
  return row.positions;
}
