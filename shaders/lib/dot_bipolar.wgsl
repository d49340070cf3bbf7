// Integer sums from planes whose bits mean -1 and 1: Σ b q = -Σ_i 2^i (popcount(w_i) + Σ_j d_j popcount(w_i ^ q_j)),
// d_j = 2^j but the top one negative (two's complement), as the d_j sum to -1. Where inputs end both terms cancel.
// Defines piece_dot. Expects ABITS, x_word (lib/xq_*) and lib/planes.
fn piece_dot(w: vec4u, plane: u32, keys: vec4u, at: Inputs) -> vec4i {
  var sum = vec4i(countOneBits(w ^ vec4u(x_word(at, ABITS - 1u))));
  for (var j = 1u; j < ABITS; j++) {
    sum = sum * 2 - vec4i(countOneBits(w ^ vec4u(x_word(at, ABITS - 1u - j))));
  }
  return (sum - vec4i(countOneBits(w))) << vec4u(plane);
}
