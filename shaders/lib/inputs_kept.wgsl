// What lib/inputs_all does for 2:4 weights: picks each row's inputs instead of spreading its codes, eight
// inputs a step. Expects VECS, lib/rows, values (of kept codes: lib/kept24_*), places_of and input_at
// (lib/span_*).
const STEPS: u32 = VECS / 2u;

struct Sums {
  codes: vec4f, // Σ u x by row
  x: vec4f,     // Σ x by row, of the inputs that its codes meet
}

fn add_inputs(sums: Sums, rows: SpanRows, keys: vec4u, step: u32, x: SpanInputs) -> Sums {
  let x_low = input_at(x, 2u * step);
  let x_high = input_at(x, 2u * step + 1u);
  let x0 = picked(rows.row0, step, x_low, x_high);
  let x1 = picked(rows.row1, step, x_low, x_high);
  let x2 = picked(rows.row2, step, x_low, x_high);
  let x3 = picked(rows.row3, step, x_low, x_high);
  let codes = vec4f(
    dot(values(rows.row0, step, keys.x), x0),
    dot(values(rows.row1, step, keys.y), x1),
    dot(values(rows.row2, step, keys.z), x2),
    dot(values(rows.row3, step, keys.w), x3),
  );
  let one = vec4f(1.0);
  return Sums(sums.codes + codes, sums.x + vec4f(dot(x0, one), dot(x1, one), dot(x2, one), dot(x3, one)));
}

fn x_sums(sums: Sums) -> vec4f {
  return sums.x;
}

// The inputs of kept codes 4 step .. 4 step + 3.
fn picked(row: SpanRow, step: u32, x_low: vec4f, x_high: vec4f) -> vec4f {
  let places = places_of(row) >> (step * 8u);
  return vec4f(picked_pair(places, x_low), picked_pair(places >> 4u, x_high));
}

// p0 is 0, 1 or 2 and p1 is 1, 2 or 3.
fn picked_pair(places: u32, x: vec4f) -> vec2f {
  let p0 = places & 3u;
  let p1 = places & 12u;
  return vec2f(
    select(select(x.x, x.y, p0 == 1u), x.z, p0 == 2u),
    select(select(x.y, x.z, p1 == 8u), x.w, p1 == 12u),
  );
}
