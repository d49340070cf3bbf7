// Ternary codes in base 3, 1.6 bits each: word i of a block of 160 is Σ_k d_k 3^k over its elements 20i..20i+19,
// d = level + 1. A span is a fifth of a block and lies in two or three of its eight words.
// Defines SPANS, VECS, Row, SpanRow, span_count, load_row, span_row, values and levels_at (inputs 4v..4v+3 of a span
// as signed bytes).
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][word][row in quad][quad]

const SPANS: u32 = 1u;
const VECS: u32 = 8u;
const BIAS: i32 = 0;
const BLOCK_SPANS: u32 = 5u; // as many as there are fours in a word
const BLOCK_WORDS: u32 = 8u;

// A word w as w % 3^8 and w / 3^8: floats hold both exactly, and dividing them is one multiplication.
struct Row {
  low: vec3f,
  high: vec3f,
  first: u32, // place of the span's first four in the first of the words
}

alias SpanRow = Row;

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  let block = unit / BLOCK_SPANS;
  let blocks = (params.units + BLOCK_SPANS - 1u) / BLOCK_SPANS;
  let four = (unit - block * BLOCK_SPANS) * VECS;
  let word = four / BLOCK_SPANS;
  let at = chunk_place(BLOCK_WORDS * block + word, row, quad, BLOCK_WORDS * blocks);
  // The last span has no third word.
  let last = at + min(2u, BLOCK_WORDS - 1u - word) * NEXT_CHUNK;
  let words = vec3u(weights[at], weights[at + NEXT_CHUNK], weights[last]);
  let high = words / vec3u(6561u);
  return Row(vec3f(vec3i(words - high * 6561u)), vec3f(vec3i(high)), four - word * BLOCK_SPANS);
}

fn span_row(row: Row, s: u32) -> SpanRow {
  return row;
}

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let four = row.first + v;
  let second = four >= BLOCK_SPANS;
  let third = four >= 2u * BLOCK_SPANS;
  let t = four - select(select(0u, BLOCK_SPANS, second), 2u * BLOCK_SPANS, third);
  let low = select(select(row.low.x, row.low.y, second), row.low.z, third);
  let high = select(select(row.high.x, row.high.y, second), row.high.z, third);
  // Halves keep quotients off whole numbers, which no rounding can then cross.
  let n = select(high, low, t < 2u) + 0.5;
  let rest = n * select(select(1.0, 1.0 / 81.0, t == 1u || t == 3u), 1.0 / 6561.0, t == 4u);
  let quotients = floor(vec4f(rest) * vec4f(1.0, 1.0 / 3.0, 1.0 / 9.0, 1.0 / 27.0));
  let next = floor(vec4f(rest) * vec4f(1.0 / 3.0, 1.0 / 9.0, 1.0 / 27.0, 1.0 / 81.0));
  return quotients - 3.0 * next - 1.0;
}

fn levels_at(row: SpanRow, v: u32, key: u32) -> u32 {
  let levels = bitcast<vec4u>(vec4i(values(row, v, key))) & vec4u(255u);
  return levels.x | (levels.y << 8u) | (levels.z << 16u) | (levels.w << 24u);
}
