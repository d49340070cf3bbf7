// Which of the four bytes of a word have a bit set. Masks, as some CPUs shift lanes by different amounts slowly.
fn bit_set(word: u32, bit: u32) -> vec4<bool> {
  return (vec4u(word >> bit) & vec4u(0x1u, 0x100u, 0x10000u, 0x1000000u)) != vec4u();
}
