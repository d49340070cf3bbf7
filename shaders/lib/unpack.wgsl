// Four neighbouring codes as the four bytes of a word: part of a format's codes4 hook. Element 4j + k stands
// in byte k.

fn nibbles(word: u32, j: u32) -> u32 {
  return (word >> ((j & 1u) * 4u)) & 0x0f0f0f0fu;
}

fn pairs(word: u32, j: u32) -> u32 {
  return (word >> ((j & 3u) * 2u)) & 0x03030303u;
}

fn ones(word: u32, j: u32) -> u32 {
  return (word >> j) & 0x01010101u;
}
