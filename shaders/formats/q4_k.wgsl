// Q4_K, blocks of 144 bytes for 256 inputs: f16 scale and minimum, twelve bytes of 6-bit scales and minima for 32
// inputs each, then nibbles, the two of a byte 32 inputs apart.
// Defines BLOCK_CHUNKS, Row, SpanRow, load_row, span_row and values. Expects lib/superblock and lib/six_bits.
@group(0) @binding(1) var<storage, read> weights: array<vec4u>; // [tile][block][chunk][row in quad][quad]

const BLOCK_CHUNKS: u32 = 9u;

struct Row {
  first: vec4u,
  second: vec4u,
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
  let codes = at + (1u + 2u * part) * NEXT_CHUNK;
  let head = weights[at];
  let steps = unpack2x16float(head.x);
  return Row(
    weights[codes],
    weights[codes + NEXT_CHUNK],
    steps.x * vec2f(six_bits(head.y, head.w, part)),
    steps.y * vec2f(six_bits(head.z, head.w >> 4u, part)),
  );
}

fn span_row(row: Row, s: u32) -> SpanRow {
  return SpanRow(row.first >> vec4u(4u * s), row.second >> vec4u(4u * s), row.scales[s], row.minima[s]);
}

fn values(row: SpanRow, v: u32, key: u32) -> vec4f {
  let word = select(row.first, row.second, v > 3u)[v & 3u];
  return bytes_of(word & 0x0f0f0f0fu) * row.scale - row.least;
}
