// Sums of 8 tokens for a quad of rows, each with its own name: indexed arrays would leave the registers.
// Defines TOKENS, Tile, tile_add and tile_store. Expects add_products (lib/products), inputs_of_eight (lib/tokens_*) and
// store (lib/store_*).
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

// `i` is the place of the first token's input, as this lane fetches it; `stride` leads from token to token.
fn tile_add(tile: ptr<function, Tile>, i: u32, stride: u32, w: mat4x4f) {
  let a = inputs_of_eight(i, stride);
  (*tile).t0 = add_products((*tile).t0, w, a.x0);
  (*tile).t1 = add_products((*tile).t1, w, a.x1);
  (*tile).t2 = add_products((*tile).t2, w, a.x2);
  (*tile).t3 = add_products((*tile).t3, w, a.x3);
  (*tile).t4 = add_products((*tile).t4, w, a.x4);
  (*tile).t5 = add_products((*tile).t5, w, a.x5);
  (*tile).t6 = add_products((*tile).t6, w, a.x6);
  (*tile).t7 = add_products((*tile).t7, w, a.x7);
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
