// Integer activations through uniform bindings: every lane reads the same address, which GPUs fetch once.
// Holds 16384 words and 8192 spans. Defines what lib/xq_storage defines. Expects X_WORDS.
@group(0) @binding(4) var<uniform> xq: array<vec4u, 4096>; // [token][span][X_WORDS]
@group(0) @binding(7) var<uniform> xs: array<vec4f, 4096>; // [token][span]: scale, sum of codes as i32 bits

fn x_word(at: u32, i: u32) -> u32 {
  let word = at * X_WORDS + i;
  return xq[word >> 2u][word & 3u];
}

fn x_scale(at: u32) -> f32 {
  let pair = xs[at >> 1u];
  return select(pair.x, pair.z, (at & 1u) == 1u);
}

fn x_sum(at: u32) -> i32 {
  let pair = xs[at >> 1u];
  return bitcast<i32>(select(pair.y, pair.w, (at & 1u) == 1u));
}
