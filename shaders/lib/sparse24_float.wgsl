// 2:4 float formats: a unit is a chunk of 16 bytes, which stands for twice as many inputs.
// Defines SPANS, VECS, Row, SpanRow, span_count, load_row, span_row and places_of. Expects load_codes,
// UNIT_VECS.
@group(0) @binding(3) var<storage, read> positions: array<u32>; // [block][row in quad][quad][2]: a nibble a four

const SPANS: u32 = 1u;
const VECS: u32 = 2u * UNIT_VECS;

struct Row {
  codes: Codes,
  places: u32,
}

alias SpanRow = Row;

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  let four = unit * VECS;
  let word = positions[(((four >> 4u) * 4u + row) * params.quads + quad) * 2u + ((four >> 3u) & 1u)];
  return Row(load_codes(unit, row, quad), word >> ((four & 7u) * 4u));
}

fn span_row(row: Row, s: u32) -> SpanRow {
  return row;
}

fn places_of(row: SpanRow) -> u32 {
  return row.places;
}
