// Four inputs of a 2:4 row as bytes, the pruned two as the zero point, so that loops and zero-point algebra
// stay those of dense formats. Defines codes_at and SPAN_VECS. Expects lib/sparse24_int and codes4.
const SPAN_VECS: u32 = 8u; // fours of codes in a span, those of pruned inputs included

fn codes_at(row: SpanRow, v: u32, zero: u32) -> u32 {
  let place = row.positions >> (v * 4u);
  let pruned = zero * 0x01010101u;
  let kept = (codes4(row.codes, v >> 1u) ^ pruned) >> ((v & 1u) * 16u);
  // Shifts count modulo 32, so that only the lowest two bits of what is multiplied matter.
  let first = (kept & 255u) << (place * 8u);
  let second = ((kept >> 8u) & 255u) << ((place >> 2u) * 8u);
  return pruned ^ first ^ second;
}
