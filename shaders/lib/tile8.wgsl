// Sums of 8 tokens for a quad of rows, each with its own name: indexed arrays would leave the registers.
// Defines TOKENS, Tile, tile_place, tile_add and tile_store. Expects add_products (lib/products), x_at
// (lib/x_*) and store (lib/store_*).
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

// Where the first token's inputs start.
fn tile_place(token: u32) -> u32 {
  return token * params.x_stride;
}

// `i` is the place of the first token's input; `stride` leads from token to token.
fn tile_add(tile: ptr<function, Tile>, i: u32, stride: u32, w: mat4x4f) {
  (*tile).t0 = add_products((*tile).t0, w, x_at(i));
  (*tile).t1 = add_products((*tile).t1, w, x_at(i + stride));
  (*tile).t2 = add_products((*tile).t2, w, x_at(i + 2u * stride));
  (*tile).t3 = add_products((*tile).t3, w, x_at(i + 3u * stride));
  (*tile).t4 = add_products((*tile).t4, w, x_at(i + 4u * stride));
  (*tile).t5 = add_products((*tile).t5, w, x_at(i + 5u * stride));
  (*tile).t6 = add_products((*tile).t6, w, x_at(i + 6u * stride));
  (*tile).t7 = add_products((*tile).t7, w, x_at(i + 7u * stride));
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
