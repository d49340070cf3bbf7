// Four neighbouring inputs of a row by its palette of 8, chosen in pairs by the bits of codes. Defines values.
// Expects tables (lib/tables_registers), codes_at, bit_set (lib/bit_set) and half_of (lib/table_half).
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let word = codes_at(row, v, ZERO);
  let pairs = tables[key];
  let bit1 = bit_set(word, 1u);
  let first = select(vec4u(pairs[0]), vec4u(pairs[1]), bit1);
  let second = select(vec4u(pairs[2]), vec4u(pairs[3]), bit1);
  return half_of(select(first, second, bit_set(word, 2u)), word);
}
