// f16 values read as f16, eight to a chunk of 16 bytes. Needs shader-f16; otherwise the same as formats/f16.
// Defines Codes, load_codes (one row's chunk), kept4 (elements 4j..4j+3) and UNIT_VECS.
@group(0) @binding(1) var<storage, read> weights: array<mat2x4<f16>>; // [tile][chunk][row in quad][quad]

alias Codes = mat2x4<f16>;
const UNIT_VECS: u32 = 2u;

fn load_codes(chunk: u32, row: u32, quad: u32) -> Codes {
  return weights[chunk_place(chunk, row, quad, padded_units(4u))];
}

fn kept4(codes: Codes, j: u32) -> vec4f {
  return vec4f(select(codes[0], codes[1], j == 1u));
}
