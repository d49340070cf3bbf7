// Planes of signs times one token's integer inputs, by tables of the inputs' signed sums: a plane's sum is looked up and
// multiplied by the whole number that the plane counts. Defines Inputs, unit_inputs, span_inputs, words_of and piece_dot.
// Expects Table, begin_tables, make_table, end_tables and signed_sums (lib/table_*), plane_times (lib/times_*), x_word
// (lib/xq_*).
override TABLES: u32 = SPLITS;

alias Inputs = Table;

fn unit_inputs(at: u32, lane: vec2u) -> Inputs {
  begin_tables();
  let table = make_table(at, lane.y, lane);
  end_tables();
  return table;
}

fn span_inputs(unit: Inputs, s: u32) -> Inputs {
  return unit;
}

// Four inputs of up to two tokens that share a table.
fn words_of(at: u32, four: u32) -> vec2u {
  return vec2u(x_word(at, four), 0u);
}

fn piece_dot(w: vec4u, plane: u32, keys: vec4u, x: Inputs) -> vec4i {
  return signed_sums(w, x) * plane_times(keys, plane);
}
