// Integer sums from bit planes: Σ u q = Σ_ij 2^i d_j popcount(w_i & q_j), d_j = 2^j but the top one negative
// (two's complement).
// Defines piece_dot. Expects met (lib/met_planes) and lib/planes.
fn piece_dot(w: vec4u, plane: u32, keys: vec4u, at: Inputs) -> vec4i {
  return met(w, at) << vec4u(plane);
}
