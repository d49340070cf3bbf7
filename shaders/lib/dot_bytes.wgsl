// Integer sums from codes and activations as bytes: a span has eight pieces of four inputs.
// Defines PIECES, X_WORDS, Block, SpanBlock, load_block, span_block, block_piece and piece_dot. Expects
// lib/rows, levels_at (lib/levels_*), dot4 (lib/dot_packed, lib/dot_emulated) and x_word (lib/xq_*).
const PIECES: u32 = VECS;
const X_WORDS: u32 = 8u;

alias Block = Rows;
alias SpanBlock = SpanRows;

fn load_block(unit: u32, quad: u32) -> Block {
  return load_rows(unit, quad);
}

fn span_block(block: Block, s: u32) -> SpanBlock {
  return span_rows(block, s);
}

// Four inputs of each row.
fn block_piece(block: SpanBlock, v: u32, keys: vec4u) -> vec4u {
  return vec4u(
    levels_at(block.row0, v, keys.x),
    levels_at(block.row1, v, keys.y),
    levels_at(block.row2, v, keys.z),
    levels_at(block.row3, v, keys.w),
  );
}

fn piece_dot(w: vec4u, piece: u32, keys: vec4u, at: Inputs) -> vec4i {
  let q = x_word(at, piece);
  return vec4i(dot4(w.x, q), dot4(w.y, q), dot4(w.z, q), dot4(w.w, q));
}
