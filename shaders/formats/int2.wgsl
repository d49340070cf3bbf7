// 2-bit codes. Word i of a block of 32 holds element 16i + 4t + k in bits 2t and 2t+1 of byte k.
// Defines Codes, load_codes (one row's block) codes4 (elements 4j..4j+3 as bytes) and second_half (16..31 at
// 0..15). Expects lib/unpack.
@group(0) @binding(1) var<storage, read> weights: array<vec2u>; // [tile][block][row in quad][quad]

alias Codes = vec2u;
const BIAS: i32 = 0;

fn load_codes(block: u32, row: u32, quad: u32) -> Codes {
  return weights[chunk_place(block, row, quad, params.units)];
}

fn codes4(codes: Codes, j: u32) -> u32 {
  return pairs(select(codes.x, codes.y, j > 3u), j);
}

fn second_half(codes: Codes) -> Codes {
  return codes.yy;
}
