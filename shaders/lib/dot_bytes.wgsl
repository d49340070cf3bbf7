// Integer sums from codes and activations as bytes: a span has eight pieces of four inputs.
// Defines PIECES, X_WORDS, Block, SpanBlock, load_block, span_block, block_piece, piece_dot. Expects load_row and codes_at (lib/dense_int,
// lib/sparse24_int), BIAS (the format), dot4 (lib/dot_packed, lib/dot_emulated) and x_word (lib/xq_*).
const PIECES: u32 = VECS;
const X_WORDS: u32 = 8u;
// 8-bit codes stand for u - 128 as signed bytes.
const FLIP: u32 = select(0u, 0x80808080u, BIAS == 128);

struct Block {
  row0: Row,
  row1: Row,
  row2: Row,
  row3: Row,
}

struct SpanBlock {
  row0: SpanRow,
  row1: SpanRow,
  row2: SpanRow,
  row3: SpanRow,
}

fn load_block(unit: u32, quad: u32) -> Block {
  return Block(load_row(unit, 0u, quad), load_row(unit, 1u, quad), load_row(unit, 2u, quad), load_row(unit, 3u, quad));
}

fn span_block(block: Block, s: u32) -> SpanBlock {
  return SpanBlock(span_row(block.row0, s), span_row(block.row1, s), span_row(block.row2, s), span_row(block.row3, s));
}

// Four inputs of each row.
fn block_piece(block: SpanBlock, v: u32, zero: vec4u) -> vec4u {
  return vec4u(
    codes_at(block.row0, v, zero.x),
    codes_at(block.row1, v, zero.y),
    codes_at(block.row2, v, zero.z),
    codes_at(block.row3, v, zero.w),
  ) ^ vec4u(FLIP);
}

fn piece_dot(w: vec4u, piece: u32, at: u32) -> vec4i {
  let q = x_word(at, piece);
  return vec4i(dot4(w.x, q), dot4(w.y, q), dot4(w.z, q), dot4(w.w, q));
}
