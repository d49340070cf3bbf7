// Weights as bit planes: a span has BITS pieces, one plane each; a word holds one bit of 32 inputs.
// Defines what lib/dot_bytes defines but piece_dot (lib/dot_planes, lib/dot_bipolar, lib/dot_ternary), and dense
// spans. Expects BITS and ABITS.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][plane][row in quad][quad]

const SPANS: u32 = 1u;
const PIECES: u32 = BITS;
const X_WORDS: u32 = ABITS;
const BIAS: i32 = 0;

alias Block = u32; // place of the block's first word

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_block(unit: u32, quad: u32) -> Block {
  return chunk_place(BITS * unit, 0u, quad, BITS * params.units);
}

fn span_block(block: Block, s: u32) -> Block {
  return block;
}

fn block_piece(block: Block, plane: u32, keys: vec4u) -> vec4u {
  let at = block + plane * NEXT_CHUNK;
  return vec4u(weights[at], weights[at + NEXT_ROW], weights[at + 2u * NEXT_ROW], weights[at + 3u * NEXT_ROW]);
}
