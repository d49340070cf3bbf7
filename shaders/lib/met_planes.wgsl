// Σ q of the activations that meet a 1 in a plane: Σ_j d_j popcount(w & q_j), d_j = 2^j but the top one negative.
// Defines met. Expects ABITS and x_word (lib/xq_*).
fn met(w: vec4u, at: u32) -> vec4i {
  var sum = -vec4i(countOneBits(w & vec4u(x_word(at, ABITS - 1u))));
  for (var j = 1u; j < ABITS; j++) {
    sum = sum * 2 + vec4i(countOneBits(w & vec4u(x_word(at, ABITS - 1u - j))));
  }
  return sum;
}
