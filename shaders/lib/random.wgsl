// Random bits that depend on what is drawn and not on how, and exact fractions.
fn hash(value: u32) -> u32 { // PCG-RXS-M-XS
  let state = value * 747796405u + 2891336453u;
  let word = ((state >> ((state >> 28u) + 4u)) ^ state) * 277803737u;
  return (word >> 22u) ^ word;
}

// 24 random bits for the token at `position`.
fn draw24(seed: u32, position: u32) -> u32 {
  return hash(hash(seed) + position) >> 8u;
}

// A share from 0 to 1 in units of 2^-24.
fn share24(share: f32) -> u32 {
  return u32(round(clamp(share, 0.0, 1.0) * 16777216.0));
}

// floor(whole * share / 2^24), exact: the product in pieces of 16 and 12 bits.
fn portion24(whole: u32, share: u32) -> u32 {
  let high = whole >> 16u;
  let low = whole & 0xffffu;
  let upper = share >> 12u;
  let lower = share & 0xfffu;
  let middle = upper * low + 16u * ((lower * high) & 255u) + ((lower * low) >> 12u);
  return upper * high * 16u + ((lower * high) >> 8u) + (middle >> 12u);
}

// ceil(whole * share / 2^24)
fn portion24_up(whole: u32, share: u32) -> u32 {
  return whole - portion24(whole, 16777216u - share);
}
