// Adds a span's inputs to the sums of four rows, four inputs a step. Defines STEPS, Sums, add_inputs and
// x_sums (Σ x by row). Expects VECS, lib/rows, values, input_at (lib/span_*) and
// lib/products.
const STEPS: u32 = VECS;

struct Sums {
  codes: vec4f, // Σ u x by row
  x: vec4f,     // Σ x by place in the four
}

fn add_inputs(sums: Sums, rows: SpanRows, keys: vec4u, step: u32, x: SpanInputs) -> Sums {
  let x4 = input_at(x, step);
  let codes = by_input(
    values(rows.row0, step, keys.x),
    values(rows.row1, step, keys.y),
    values(rows.row2, step, keys.z),
    values(rows.row3, step, keys.w),
  );
  return Sums(add_products(sums.codes, codes, x4), sums.x + x4);
}

fn x_sums(sums: Sums) -> vec4f {
  return vec4f(dot(sums.x, vec4f(1.0)));
}
