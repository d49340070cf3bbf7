// 2:4 int formats: a unit is a block of 32 kept codes, two spans of inputs. Four inputs come as bytes again, the pruned
// two as the zero point, so that loops and zero-point algebra stay those of dense formats.
// Defines what lib/dense_int defines. Expects load_codes, codes4.
@group(0) @binding(3) var<storage, read> positions: array<vec2u>; // [block][row in quad][quad]: p0 | p1 << 2 a four

const SPANS: u32 = 2u;
const VECS: u32 = 8u;

struct Row {
  codes: Codes,
  positions: vec2u,
}

fn span_count(unit: u32) -> u32 {
  return min(2u, params.spans - 2u * unit);
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  return Row(load_codes(unit, row, quad), positions[(unit * 4u + row) * params.quads + quad]);
}

fn codes_at(row: Row, i: u32, zero: u32) -> u32 {
  let place = select(row.positions.x, row.positions.y, i > 7u) >> ((i & 7u) * 4u);
  let pruned = zero * 0x01010101u;
  let kept = (codes4(row.codes, i >> 1u) ^ pruned) >> ((i & 1u) * 16u);
  let first = (kept & 255u) << ((place & 3u) * 8u);
  let second = ((kept >> 8u) & 255u) << ((place & 12u) * 2u);
  return pruned ^ first ^ second;
}
