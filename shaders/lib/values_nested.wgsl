// Four neighbouring inputs of a row by the upper KEPT of eight bits, in half scales: 2u with the lower bits cleared.
// Defines values. Expects codes_at (lib/dense_int).
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let bytes = (vec4u(codes_at(row, v, key)) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
  return vec4f(vec4i(bytes << vec4u(9u - KEPT)));
}
