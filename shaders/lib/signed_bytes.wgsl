// The four bytes of a word as signed numbers.
fn signed_bytes(word: u32) -> vec4f {
  let bits = bitcast<i32>(word);
  return vec4f(vec4i(extractBits(bits, 0u, 8u), extractBits(bits, 8u, 8u), extractBits(bits, 16u, 8u), bits >> 24u));
}
