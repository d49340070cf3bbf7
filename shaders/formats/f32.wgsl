// f32 values as they are, four to a chunk of 16 bytes.
// Defines Codes, load_codes (one row's chunk), kept4 (its values) and UNIT_VECS.
@group(0) @binding(1) var<storage, read> weights: array<vec4f>; // [tile][chunk][row in quad][quad]

alias Codes = vec4f;
const UNIT_VECS: u32 = 1u;

fn load_codes(chunk: u32, row: u32, quad: u32) -> Codes {
  return weights[chunk_place(chunk, row, quad, padded_units(8u))];
}

fn kept4(codes: Codes, j: u32) -> vec4f {
  return codes;
}
