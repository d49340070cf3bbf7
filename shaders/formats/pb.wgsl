// Partly binary: a block of 160 has five words of signs, five of a bitmap that marks salient weights, and their signed
// bytes in order, BYTE_WORDS words. A weight is ± the low half of the row's key, or a salient byte times the high half.
// Defines SPANS, VECS, Row, SpanRow, span_count, load_row, span_row and values.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][word][row in quad][quad]

const SPANS: u32 = 1u;
const VECS: u32 = 8u;
const BLOCK_SPANS: u32 = 5u;
const BLOCK_WORDS: u32 = 2u * BLOCK_SPANS + BYTE_WORDS;

struct Row {
  signs: u32,
  bitmap: u32,
  first: u32, // place of the span's first salient byte in the block
  bytes: u32, // place of the block's first word of bytes
}

alias SpanRow = Row;

fn span_count(unit: u32) -> u32 {
  return 1u;
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  let block = unit / BLOCK_SPANS;
  let blocks = (params.units + BLOCK_SPANS - 1u) / BLOCK_SPANS;
  let s = unit - block * BLOCK_SPANS;
  let signs = chunk_place(BLOCK_WORDS * block, row, quad, BLOCK_WORDS * blocks);
  let bitmaps = signs + BLOCK_SPANS * NEXT_CHUNK;
  var first = 0u;
  for (var i = 0u; i < BLOCK_SPANS - 1u; i++) {
    first += select(0u, countOneBits(weights[bitmaps + i * NEXT_CHUNK]), i < s);
  }
  let bytes = bitmaps + BLOCK_SPANS * NEXT_CHUNK;
  return Row(weights[signs + s * NEXT_CHUNK], weights[bitmaps + s * NEXT_CHUNK], first, bytes);
}

fn span_row(row: Row, s: u32) -> SpanRow {
  return row;
}

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let places = vec4u(1u, 2u, 4u, 8u);
  let pair = unpack2x16float(key);
  let binary = select(vec4f(-pair.x), vec4f(pair.x), (vec4u(row.signs >> (4u * v)) & places) != vec4u());
  let four = (row.bitmap >> (4u * v)) & 15u;
  if (four == 0u) {
    return binary;
  }
  let rank = row.first + countOneBits(row.bitmap & ((1u << (4u * v)) - 1u));
  // The next four bytes, from a word and the one behind it.
  let word = rank >> 2u;
  let low = weights[row.bytes + word * NEXT_CHUNK];
  let high = weights[row.bytes + min(word + 1u, BYTE_WORDS - 1u) * NEXT_CHUNK];
  let shift = (rank & 3u) * 8u;
  let bytes = select(low, (low >> shift) | (high << (32u - shift)), shift > 0u);
  let before = countOneBits(vec4u(four) & (places - vec4u(1u)));
  let salient = vec4f(vec4i(vec4u(bytes) << (vec4u(24u) - 8u * min(before, vec4u(3u)))) >> vec4u(24u));
  return select(binary, salient * pair.y, (vec4u(four) & places) != vec4u());
}
