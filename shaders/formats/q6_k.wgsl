// Q6_K, blocks of 210 bytes (and two of padding) for 256 inputs: of each half 64 bytes of nibbles, the two of a byte 64
// inputs apart; of each half 32 bytes of two more bits, the four of a byte 32 inputs apart; sixteen signed bytes, the
// scales of 16 inputs each; f16 scale. A weight is d s (q - 32).
// Defines BLOCK_CHUNKS, Row, SpanRow, load_row, span_row and values. Expects lib/superblock and lib/signed_bytes.
@group(0) @binding(1) var<storage, read> weights: array<u32>; // [tile][block][word][row in quad][quad]

const BLOCK_CHUNKS: u32 = 53u;

struct Row {
  place: u32, // of the first nibbles
  shift: u32,
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
  let half = (unit >> 1u) & 1u;
  let later = unit & 1u;
  let high = at + (32u + 8u * half) * NEXT_CHUNK;
  return Row(
    at + 16u * half * NEXT_CHUNK,
    4u * later,
    four_words(high) >> vec4u(4u * later),
    four_words(high + 4u * NEXT_CHUNK) >> vec4u(4u * later),
    unpack2x16float(weights[at + 52u * NEXT_CHUNK]).x * signed_bytes(weights[at + (48u + (unit & 3u)) * NEXT_CHUNK]),
  );
}

fn four_words(at: u32) -> vec4u {
  return vec4u(weights[at], weights[at + NEXT_CHUNK], weights[at + 2u * NEXT_CHUNK], weights[at + 3u * NEXT_CHUNK]);
}

fn span_row(row: Row, s: u32) -> SpanRow {
  let low = row.place + 8u * s * NEXT_CHUNK;
  return SpanRow(
    six_bits(four_words(low), row.shift, row.first_high, s),
    six_bits(four_words(low + 4u * NEXT_CHUNK), row.shift, row.second_high, s),
    select(row.scales.xy, row.scales.zw, s == 1u),
  );
}

fn six_bits(low: vec4u, shift: u32, high: vec4u, s: u32) -> vec4u {
  return ((low >> vec4u(shift)) & vec4u(0x0f0f0f0fu)) | (((high >> vec4u(2u * s)) & vec4u(0x03030303u)) << vec4u(4u));
}

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let second = v > 3u;
  let word = select(row.first, row.second, second)[v & 3u];
  return (bytes_of(word) - 32.0) * select(row.scales.x, row.scales.y, second);
}
