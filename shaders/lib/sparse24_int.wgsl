// 2:4 int formats: a unit is a block of 32 kept codes, two spans of inputs. Four inputs come as bytes again, the pruned
// two as the zero point, so that loops and zero-point algebra stay those of dense formats.
// Defines what lib/dense_int defines. Expects load_codes, codes4, second_half.
@group(0) @binding(3) var<storage, read> positions: array<vec2u>; // [block][row in quad][quad]: p0 | p1 << 2 a four

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

fn codes_at(row: SpanRow, v: u32, zero: u32) -> u32 {
  let place = row.positions >> (v * 4u);
  let pruned = zero * 0x01010101u;
  let kept = (codes4(row.codes, v >> 1u) ^ pruned) >> ((v & 1u) * 16u);
  // Shifts count modulo 32, so that only the lowest two bits of what is multiplied matter.
  let first = (kept & 255u) << (place * 8u);
  let second = ((kept >> 8u) & 255u) << ((place >> 2u) * 8u);
  return pruned ^ first ^ second;
}
