// 3-bit codes: bits 0 and 1 as in int2 (two words), bit 2 as bit t of byte k for element 4t + k (one word).
// Defines Codes, load_codes (one row's block) codes4 (elements 4j..4j+3 as bytes) and second_half (16..31 at
// 0..15). Expects lib/unpack.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][word][row in quad][quad]

struct Codes {
  low: vec2u,
  high: u32,
}

const BIAS: i32 = 0;

fn load_codes(block: u32, row: u32, quad: u32) -> Codes {
  let at = chunk_place(3u * block, row, quad, 3u * params.units);
  return Codes(vec2u(weights[at], weights[at + NEXT_CHUNK]), weights[at + 2u * NEXT_CHUNK]);
}

fn codes4(codes: Codes, j: u32) -> u32 {
  return pairs(select(codes.low.x, codes.low.y, j > 3u), j) | (ones(codes.high, j) << 2u);
}

fn second_half(codes: Codes) -> Codes {
  return Codes(codes.low.yy, codes.high >> 4u);
}
