// 1-bit codes: bit t of byte k of a block's word is element 4t + k.
// Defines Codes, load_codes (one row's block) codes4 (elements 4j..4j+3 as bytes) and second_half (16..31 at
// 0..15). Expects lib/unpack.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][row in quad][quad]

alias Codes = u32;
const BIAS: i32 = 0;

fn load_codes(block: u32, row: u32, quad: u32) -> Codes {
  return weights[chunk_place(block, row, quad, params.units)];
}

fn codes4(codes: Codes, j: u32) -> u32 {
  return ones(codes, j);
}

fn second_half(codes: Codes) -> Codes {
  return codes >> 4u;
}
