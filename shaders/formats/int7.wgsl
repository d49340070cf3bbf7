// 7-bit codes: bits 0 to 3 as in int4 (four words), bits 4 and 5 as in int2 (two words), bit 6 as bit t of
// byte k for element 4t + k (one word).
// Defines Codes, load_codes (one row's block) codes4 (elements 4j..4j+3 as bytes) and second_half (16..31 at
// 0..15). Expects lib/unpack.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][word][row in quad][quad]

struct Codes {
  low: vec4u,
  middle: vec2u,
  high: u32,
}

const BIAS: i32 = 0;

fn load_codes(block: u32, row: u32, quad: u32) -> Codes {
  let at = chunk_place(7u * block, row, quad, 7u * params.units);
  let low = vec4u(weights[at], weights[at + NEXT_CHUNK], weights[at + 2u * NEXT_CHUNK], weights[at + 3u * NEXT_CHUNK]);
  let middle = vec2u(weights[at + 4u * NEXT_CHUNK], weights[at + 5u * NEXT_CHUNK]);
  return Codes(low, middle, weights[at + 6u * NEXT_CHUNK]);
}

fn codes4(codes: Codes, j: u32) -> u32 {
  let middle = pairs(select(codes.middle.x, codes.middle.y, j > 3u), j);
  return nibbles(codes.low[j >> 1u], j) | (middle << 4u) | (ones(codes.high, j) << 6u);
}

fn second_half(codes: Codes) -> Codes {
  return Codes(codes.low.zwzw, codes.middle.yy, codes.high >> 4u);
}
