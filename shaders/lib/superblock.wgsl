// GGUF's blocks of 256 inputs: a unit is 64 of them, two spans of 32. Defines SPANS, VECS, span_count and chunk_of.
// Expects BLOCK_CHUNKS; the formats define Row, SpanRow, load_row, span_row and values.
const SPANS: u32 = 2u;
const VECS: u32 = 8u;

fn span_count(unit: u32) -> u32 {
  return min(2u, params.spans - 2u * unit);
}

// Where the block of a unit begins; its next chunk stands NEXT_CHUNK further.
fn block_place(unit: u32, row: u32, quad: u32) -> u32 {
  return chunk_place((unit >> 2u) * BLOCK_CHUNKS, row, quad, (padded_units(4u) >> 2u) * BLOCK_CHUNKS);
}

// Byte `at` of a word.
fn byte_of(word: u32, at: u32) -> u32 {
  return extractBits(word, at * 8u, 8u);
}

// The four bytes of a word as numbers.
fn bytes_of(word: u32) -> vec4f {
  return vec4f(vec4i((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)));
}
