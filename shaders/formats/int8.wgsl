// 8-bit codes. Word j of a block of 32 holds elements 4j..4j+3 in its bytes.
// Defines Codes, load_codes (one row's block) codes4 (elements 4j..4j+3 as bytes) and second_half (16..31 at
// 0..15).
@group(0) @binding(1) var<storage, read> weights: array<vec4u>; // [tile][block][half][row in quad][quad]

struct Codes {
  first: vec4u,
  second: vec4u,
}

const BIAS: i32 = 128;

fn load_codes(block: u32, row: u32, quad: u32) -> Codes {
  let at = chunk_place(2u * block, row, quad, 2u * params.units);
  return Codes(weights[at], weights[at + NEXT_CHUNK]);
}

fn codes4(codes: Codes, j: u32) -> u32 {
  return select(codes.first, codes.second, j > 3u)[j & 3u];
}

fn second_half(codes: Codes) -> Codes {
  return Codes(codes.second, codes.second);
}
