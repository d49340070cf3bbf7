// Q2_K, blocks of 84 bytes for 256 inputs: sixteen bytes of a 4-bit scale and a 4-bit minimum for 16 inputs each; 64
// bytes of 2-bit codes, the four of a byte 32 inputs apart; f16 scale and minimum.
// Defines BLOCK_CHUNKS, Row, SpanRow, load_row, span_row and values. Expects lib/superblock.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][word][row in quad][quad]

const BLOCK_CHUNKS: u32 = 21u;

struct Row {
  first: vec4u,
  second: vec4u,
  scales: vec4f,
  minima: vec4f,
}

struct SpanRow {
  first: vec4u,
  second: vec4u,
  scales: vec2f,
  minima: vec2f,
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  let at = block_place(unit, row, quad);
  let part = unit & 3u;
  let codes = at + (4u + 8u * (part >> 1u)) * NEXT_CHUNK;
  let both = weights[at + part * NEXT_CHUNK];
  let steps = unpack2x16float(weights[at + 20u * NEXT_CHUNK]);
  return Row(
    four_words(codes) >> vec4u(4u * (part & 1u)),
    four_words(codes + 4u * NEXT_CHUNK) >> vec4u(4u * (part & 1u)),
    steps.x * bytes_of(both & 0x0f0f0f0fu),
    steps.y * bytes_of((both >> 4u) & 0x0f0f0f0fu),
  );
}

fn four_words(at: u32) -> vec4u {
  return vec4u(weights[at], weights[at + NEXT_CHUNK], weights[at + 2u * NEXT_CHUNK], weights[at + 3u * NEXT_CHUNK]);
}

fn span_row(row: Row, s: u32) -> SpanRow {
  let later = s == 1u;
  return SpanRow(
    row.first >> vec4u(2u * s),
    row.second >> vec4u(2u * s),
    select(row.scales.xy, row.scales.zw, later),
    select(row.minima.xy, row.minima.zw, later),
  );
}

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let second = v > 3u;
  let codes = bytes_of(select(row.first, row.second, second)[v & 3u] & 0x03030303u);
  return codes * select(row.scales.x, row.scales.y, second) - select(row.minima.x, row.minima.y, second);
}
