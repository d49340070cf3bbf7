// The upper KEPT of BITS bit planes: pieces are planes, and the sum stops after KEPT of them. In half scales, so that
// the middle of what is left out is whole. Defines what lib/planes and lib/dot_planes do.
// Expects BITS, KEPT, ABITS and met (lib/met_planes).
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][plane][row in quad][quad]

const SPANS: u32 = 1u;
const PIECES: u32 = KEPT;
const X_WORDS: u32 = ABITS;
const BIAS: i32 = 0;

alias Block = u32; // place of the first plane that counts

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_block(unit: u32, quad: u32) -> Block {
  return chunk_place(BITS * unit + BITS - KEPT, 0u, quad, BITS * params.units);
}

fn span_block(block: Block, s: u32) -> Block {
  return block;
}

fn block_piece(block: Block, plane: u32, keys: vec4u) -> vec4u {
  let at = block + plane * NEXT_CHUNK;
  return vec4u(weights[at], weights[at + NEXT_ROW], weights[at + 2u * NEXT_ROW], weights[at + 3u * NEXT_ROW]);
}

fn piece_dot(w: vec4u, plane: u32, keys: vec4u, at: Inputs) -> vec4i {
  return met(w, at) << vec4u(plane + 1u + BITS - KEPT);
}
