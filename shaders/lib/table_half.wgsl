// The half of each pair that the lowest bit of its code wants. Expects lib/bit_set.
fn half_of(pairs: vec4u, codes: u32) -> vec4f {
  let halves = select(pairs, pairs >> vec4u(16u), bit_set(codes, 0u));
  return vec4f(
    unpack2x16float(halves.x).x,
    unpack2x16float(halves.y).x,
    unpack2x16float(halves.z).x,
    unpack2x16float(halves.w).x,
  );
}
