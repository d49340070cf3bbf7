// 6-bit codes: bits 0 to 3 as in int4 (four words), bits 4 and 5 as in int2 (two words).
// Defines Codes, load_codes (one row's block) codes4 (elements 4j..4j+3 as bytes) and second_half (16..31 at
// 0..15). Expects lib/unpack.
@group(0) @binding(1) var<storage, read> weights: array<vec2u>; // [tile][block][pair of words][row in quad][quad]

struct Codes {
  low: vec4u,
  high: vec2u,
}

const BIAS: i32 = 0;

fn load_codes(block: u32, row: u32, quad: u32) -> Codes {
  let at = chunk_place(3u * block, row, quad, 3u * params.units);
  return Codes(vec4u(weights[at], weights[at + NEXT_CHUNK]), weights[at + 2u * NEXT_CHUNK]);
}

fn codes4(codes: Codes, j: u32) -> u32 {
  let high = pairs(select(codes.high.x, codes.high.y, j > 3u), j);
  return nibbles(codes.low[j >> 1u], j) | (high << 4u);
}

fn second_half(codes: Codes) -> Codes {
  return Codes(codes.low.zwzw, codes.high.yy);
}
