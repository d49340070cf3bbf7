// 2:4 float formats: a unit is a chunk of 16 bytes, which stands for twice as many inputs, the pruned ones 0.
// Defines what lib/dense_float defines. Expects load_codes, kept4, UNIT_VECS.
@group(0) @binding(3) var<storage, read> positions: array<u32>; // [block][row in quad][quad][2]: p0 | p1 << 2 a four

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

fn values(row: SpanRow, v: u32, zero: u32) -> vec4f {
  let place = row.places >> (v * 4u);
  let both = kept4(row.codes, v >> 1u);
  let kept = select(both.xy, both.zw, (v & 1u) == 1u);
  let first = vec4u(place & 3u) == vec4u(0u, 1u, 2u, 3u);
  let second = vec4u((place >> 2u) & 3u) == vec4u(0u, 1u, 2u, 3u);
  return select(select(vec4f(), vec4f(kept.y), second), vec4f(kept.x), first);
}
