// Random numbers that depend on what is drawn and not on how: a hash (PCG's output function) of seed and position.
fn hash(value: u32) -> u32 {
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

// 24 random bits for the token at `position`.
fn draw24(seed: u32, position: u32) -> u32 {
  return hash(hash(seed) + position) >> 8u;
}

// floor(whole * part / 2^24), exact for part <= 2^24: the product in pieces of 16 and 12 bits.
fn portion24(whole: u32, part: u32) -> u32 {
  let high = whole >> 16u;
  let low = whole & 0xffffu;
  let upper = part >> 12u;
  let lower = part & 0xfffu;
  let middle = upper * low + 16u * (lower * high & 255u) + (lower * low >> 12u);
  return upper * high * 16u + (lower * high >> 8u) + (middle >> 12u);
}
