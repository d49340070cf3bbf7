// As lib/lut_one for 8 tokens: two share a table, whose sums are a + 65536 b. Of 32 bytes no sum leaves 16 bits, so that
// both come apart again. Defines TABLES, Inputs, unit_inputs, span_inputs, words_of and tile_dot.
// Expects Dots (lib/tile_int8) and what lib/lut_one does.
const TABLES: u32 = 4u;

struct Inputs {
  pair0: Table,
  pair1: Table,
  pair2: Table,
  pair3: Table,
}

fn unit_inputs(at: u32, lane: vec2u) -> Inputs {
  begin_tables();
  let inputs = Inputs(
    make_table(at, 0u, lane),
    make_table(at + 2u * params.spans, 1u, lane),
    make_table(at + 4u * params.spans, 2u, lane),
    make_table(at + 6u * params.spans, 3u, lane),
  );
  end_tables();
  return inputs;
}

fn span_inputs(unit: Inputs, s: u32) -> Inputs {
  return unit;
}

fn words_of(at: u32, four: u32) -> vec2u {
  return vec2u(x_word(at, four), x_word(at + params.spans, four));
}

fn tile_dot(dots: ptr<function, Dots>, w: vec4u, plane: u32, keys: vec4u, x: Inputs) {
  let times = plane_times(keys, plane);
  let sums0 = signed_sums(w, x.pair0);
  let sums1 = signed_sums(w, x.pair1);
  let sums2 = signed_sums(w, x.pair2);
  let sums3 = signed_sums(w, x.pair3);
  (*dots).t0 += first_of(sums0) * times;
  (*dots).t1 += second_of(sums0) * times;
  (*dots).t2 += first_of(sums1) * times;
  (*dots).t3 += second_of(sums1) * times;
  (*dots).t4 += first_of(sums2) * times;
  (*dots).t5 += second_of(sums2) * times;
  (*dots).t6 += first_of(sums3) * times;
  (*dots).t7 += second_of(sums3) * times;
}

fn first_of(sums: vec4i) -> vec4i {
  return (sums << vec4u(16u)) >> vec4u(16u);
}

fn second_of(sums: vec4i) -> vec4i {
  return (sums - first_of(sums)) >> vec4u(16u);
}
