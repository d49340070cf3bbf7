// Q3_K, blocks of 110 bytes (and two of padding) for 256 inputs: 32 bytes of third bits, bit s of byte i for input i of
// span s; 64 bytes of 2-bit codes, the four of a byte 32 inputs apart; sixteen 6-bit scales for 16 inputs each in
// three words; f16 scale. A weight is d (s - 32) (q - 4).
// Defines BLOCK_CHUNKS, Row, SpanRow, load_row, span_row and values. Expects lib/superblock.
@group(0) @binding(1) var<storage, read> weights: array<vec4u>; // [tile][block][chunk][row in quad][quad]

const BLOCK_CHUNKS: u32 = 7u;

struct Row {
  first: vec4u,
  second: vec4u,
  first_high: vec4u,
  second_high: vec4u,
  scales: vec4f,
}

struct SpanRow {
  first: vec4u,
  second: vec4u,
  scales: vec2f,
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  let at = block_place(unit, row, quad);
  let part = unit & 3u;
  let codes = at + (2u + 2u * (part >> 1u)) * NEXT_CHUNK;
  let tail = weights[at + 6u * NEXT_CHUNK];
  // Scales 4 * part and the next three.
  let low = (select(tail.x, tail.y, (part & 1u) == 1u) >> (4u * (part >> 1u))) & 0x0f0f0f0fu;
  let scales = low | (((tail.z >> (2u * part)) & 0x03030303u) << 4u);
  return Row(
    weights[codes] >> vec4u(4u * (part & 1u)),
    weights[codes + NEXT_CHUNK] >> vec4u(4u * (part & 1u)),
    weights[at] >> vec4u(2u * part),
    weights[at + NEXT_CHUNK] >> vec4u(2u * part),
    unpack2x16float(tail.w).x * (bytes_of(scales) - 32.0),
  );
}

fn span_row(row: Row, s: u32) -> SpanRow {
  return SpanRow(
    three_bits(row.first, row.first_high, s),
    three_bits(row.second, row.second_high, s),
    select(row.scales.xy, row.scales.zw, s == 1u),
  );
}

fn three_bits(low: vec4u, high: vec4u, s: u32) -> vec4u {
  return ((low >> vec4u(2u * s)) & vec4u(0x03030303u)) | (((high >> vec4u(s)) & vec4u(0x01010101u)) << vec4u(2u));
}

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let second = v > 3u;
  let word = select(row.first, row.second, second)[v & 3u];
  return (bytes_of(word) - 4.0) * select(row.scales.x, row.scales.y, second);
}
