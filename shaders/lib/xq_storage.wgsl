// Integer activations through storage bindings, of any size. Defines x_word, x_scale and x_sum; `at` counts
// spans of 32 inputs through all tokens. Expects X_WORDS.
@group(0) @binding(4) var<storage, read> xq: array<u32>;   // [token][span][X_WORDS]
@group(0) @binding(7) var<storage, read> xs: array<vec2f>; // [token][span]: scale, sum of codes as i32 bits

fn x_word(at: u32, i: u32) -> u32 {
  return xq[at * X_WORDS + i];
}

fn x_scale(at: u32) -> f32 {
  return xs[at].x;
}

fn x_sum(at: u32) -> i32 {
  return bitcast<i32>(xs[at].y);
}
