// Q5_K, blocks of 176 bytes for 256 inputs: as Q4_K, with 32 bytes of fifth bits before the nibbles, bit s of byte i
// for input i of span s.
// Defines BLOCK_CHUNKS, Row, SpanRow, load_row, span_row and values. Expects lib/superblock and lib/six_bits.
@group(0) @binding(1) var<storage, read> weights: array<vec4u>; // [tile][block][chunk][row in quad][quad]

const BLOCK_CHUNKS: u32 = 11u;

struct Row {
  first: vec4u,
  second: vec4u,
  first_high: vec4u,
  second_high: vec4u,
  scales: vec2f,
  minima: vec2f,
}

struct SpanRow {
  first: vec4u,
  second: vec4u,
  scale: f32,
  least: f32,
}

fn load_row(unit: u32, row: u32, quad: u32) -> Row {
  let at = block_place(unit, row, quad);
  let part = unit & 3u;
  let codes = at + (3u + 2u * part) * NEXT_CHUNK;
  let head = weights[at];
  let steps = unpack2x16float(head.x);
  return Row(
    weights[codes],
    weights[codes + NEXT_CHUNK],
    weights[at + NEXT_CHUNK] >> vec4u(2u * part),
    weights[at + 2u * NEXT_CHUNK] >> vec4u(2u * part),
    steps.x * vec2f(six_bits(head.y, head.w, part)),
    steps.y * vec2f(six_bits(head.z, head.w >> 4u, part)),
  );
}

fn span_row(row: Row, s: u32) -> SpanRow {
  return SpanRow(
    five_bits(row.first, row.first_high, s),
    five_bits(row.second, row.second_high, s),
    row.scales[s],
    row.minima[s],
  );
}

fn five_bits(low: vec4u, high: vec4u, s: u32) -> vec4u {
  return ((low >> vec4u(4u * s)) & vec4u(0x0f0f0f0fu)) | (((high >> vec4u(s)) & vec4u(0x01010101u)) << vec4u(4u));
}

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  return bytes_of(select(row.first, row.second, v > 3u)[v & 3u]) * row.scale - row.least;
}
