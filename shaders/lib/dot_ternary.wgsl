// Integer sums of ternary weights from two planes, those that are 1 and those that are -1: added and subtracted.
// Defines piece_dot. Expects met (lib/met_planes) and lib/planes.
fn piece_dot(w: vec4u, plane: u32, keys: vec4u, at: Inputs) -> vec4i {
  let sum = met(w, at);
  return select(sum, -sum, plane == 1u);
}
