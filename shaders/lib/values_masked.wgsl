// What lib/values_int does, with masks instead of shifts: some CPUs have no instruction that shifts lanes by
// different amounts. A byte in its place is a multiple of 2^8, 2^16 or 2^24, which a float takes exactly.
fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let word = codes_at(row, v, key);
  if (BIAS == 128) {
    // The highest byte of 8-bit codes would make the integer negative.
    return vec4f(vec4i(vec4u(word & 0xffu, word & 0xff00u, word & 0xff0000u, word >> 24u)))
      * vec4f(1.0, 0x1p-8, 0x1p-16, 1.0);
  }
  return vec4f(vec4i(vec4u(word) & vec4u(0xffu, 0xff00u, 0xff0000u, 0xff000000u)))
    * vec4f(1.0, 0x1p-8, 0x1p-16, 0x1p-24);
}
