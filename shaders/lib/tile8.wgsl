// Sums of 8 tokens for a quad of rows, each with its own name: indexed arrays would leave the registers.
// Defines TOKENS, Tile, tile_add and tile_store. Expects x_at (lib/x_*) and store (lib/store_*).
const TOKENS: u32 = 8u;

struct Tile {
  t0: vec4f,
  t1: vec4f,
  t2: vec4f,
  t3: vec4f,
  t4: vec4f,
  t5: vec4f,
  t6: vec4f,
  t7: vec4f,
}

// `i` is the place of the first token's input, `stride` from token to token.
fn tile_add(tile: ptr<function, Tile>, i: u32, stride: u32, w: mat4x4f) {
  (*tile).t0 += x_at(i) * w;
  (*tile).t1 += x_at(i + stride) * w;
  (*tile).t2 += x_at(i + 2u * stride) * w;
  (*tile).t3 += x_at(i + 3u * stride) * w;
  (*tile).t4 += x_at(i + 4u * stride) * w;
  (*tile).t5 += x_at(i + 5u * stride) * w;
  (*tile).t6 += x_at(i + 6u * stride) * w;
  (*tile).t7 += x_at(i + 7u * stride) * w;
}

fn tile_store(tile: Tile, token: u32, quad: u32) {
  var sums = array<vec4f, TOKENS>(
    tile.t0, tile.t1, tile.t2, tile.t3, tile.t4, tile.t5, tile.t6, tile.t7,
  );
  for (var t = 0u; t < TOKENS; t++) {
    if (token + t < params.tokens) {
      store(token + t, quad, sums[t]);
    }
  }
}
