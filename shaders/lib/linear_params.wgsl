// What every linear kernel is told. Rows come in fours ("quads"), inputs in units (what one loop step loads)
// and in spans of 32 (the reach of one scale or part of it, and of one activation scale).
// Loops end at `units | group.z`, which is `units`: Mesa's lavapipe writes uniforms that bound a loop or steer
// a branch into the shader, and compiles it anew, and keeps the memory, whenever another buffer is bound.
struct LinearParams {
  rows: u32,
  cols: u32,
  quads: u32,
  units: u32,       // int formats: blocks of 32 kept codes; float formats: chunks of 16 bytes
  spans: u32,       // ceil(cols / 32)
  group_shift: u32, // span >> group_shift = group; 31 when the whole row shares a scale
  x_stride: u32,    // of a token, in vec4f, as y_stride and y_offset
  y_stride: u32,
  y_offset: u32,
  tokens: u32,
  segment: u32,     // units in an eighth of the row, rounded up
  zero: u32,        // always 0, which the compiler cannot know
  first_row: u32,   // of a table in parts, the row at which this one begins; only embed asks
}

@group(0) @binding(0) var<uniform> params: LinearParams;

// Weights go [tile of 8 quads][chunk][row in quad][quad]: neighbouring lanes read 16-byte neighbours, and a tile
// is read from its first byte to its last. A chunk is what one load takes; `chunks` are those of a row.
const NEXT_ROW: u32 = 8u;
const NEXT_CHUNK: u32 = 32u;

fn chunk_place(chunk: u32, row: u32, quad: u32, chunks: u32) -> u32 {
  return ((quad >> 3u) * chunks + chunk) * NEXT_CHUNK + row * NEXT_ROW + (quad & 7u);
}

// Units of a row whose last block is filled up with padding; `block` is a power of two.
fn padded_units(block: u32) -> u32 {
  return (params.units + block - 1u) & ~(block - 1u);
}
