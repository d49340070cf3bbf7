// Scales (or minima) 2 * part and the next of the eight in a block of Q4_K and Q5_K. Of the first four all six bits
// lie in bytes of `low`; of the others four in nibbles of `nibbles`, two in the upper bits of `low`.
fn six_bits(low: u32, nibbles: u32, part: u32) -> vec2u {
  let shifts = vec2u(16u * (part & 1u)) + vec2u(0u, 8u);
  let bytes = vec2u(low) >> shifts;
  let upper = ((vec2u(nibbles) >> shifts) & vec2u(15u)) | ((bytes >> vec2u(2u)) & vec2u(48u));
  return select(bytes & vec2u(63u), upper, part > 1u);
}
