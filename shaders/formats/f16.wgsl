// f16 values, eight to a chunk of 16 bytes: word i holds elements 2i (low half) and 2i+1. Needs no device
// feature.
// Defines Codes, load_codes (one row's chunk), kept4 (elements 4j..4j+3) and UNIT_VECS.
@group(0) @binding(1) var<storage, read> weights: array<vec4u>; // [tile][chunk][row in quad][quad]

alias Codes = vec4u;
const UNIT_VECS: u32 = 2u;

fn load_codes(chunk: u32, row: u32, quad: u32) -> Codes {
  return weights[chunk_place(chunk, row, quad, padded_units(4u))];
}

fn kept4(codes: Codes, j: u32) -> vec4f {
  let words = select(codes.xy, codes.zw, j == 1u);
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
}
