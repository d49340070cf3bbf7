// As lib/tile16, but lanes 0 to 3 of a subgroup fetch the inputs of four tokens with one load and hand them
// round. Needs the subgroups feature, of any size from 4, and lanes that stay together.
// Defines TOKENS, Tile, tile_place, tile_add and tile_store. Expects add_products (lib/products), x_at
// (lib/x_*) and store (lib/store_*).
const TOKENS: u32 = 16u;

struct Tile {
  t0: vec4f,
  t1: vec4f,
  t2: vec4f,
  t3: vec4f,
  t4: vec4f,
  t5: vec4f,
  t6: vec4f,
  t7: vec4f,
  t8: vec4f,
  t9: vec4f,
  t10: vec4f,
  t11: vec4f,
  t12: vec4f,
  t13: vec4f,
  t14: vec4f,
  t15: vec4f,
}

// Where this lane's first input stands: that of one of the first four tokens.
fn tile_place(token: u32) -> u32 {
  let lane = subgroupExclusiveAdd(1u);
  return (token + (lane & 3u)) * params.x_stride;
}

// `stride` leads from token to token.
fn tile_add(tile: ptr<function, Tile>, i: u32, stride: u32, w: mat4x4f) {
  let x0 = x_at(i);
  (*tile).t0 = add_products((*tile).t0, w, subgroupBroadcast(x0, 0u));
  (*tile).t1 = add_products((*tile).t1, w, subgroupBroadcast(x0, 1u));
  (*tile).t2 = add_products((*tile).t2, w, subgroupBroadcast(x0, 2u));
  (*tile).t3 = add_products((*tile).t3, w, subgroupBroadcast(x0, 3u));
  let x1 = x_at(i + 4u * stride);
  (*tile).t4 = add_products((*tile).t4, w, subgroupBroadcast(x1, 0u));
  (*tile).t5 = add_products((*tile).t5, w, subgroupBroadcast(x1, 1u));
  (*tile).t6 = add_products((*tile).t6, w, subgroupBroadcast(x1, 2u));
  (*tile).t7 = add_products((*tile).t7, w, subgroupBroadcast(x1, 3u));
  let x2 = x_at(i + 8u * stride);
  (*tile).t8 = add_products((*tile).t8, w, subgroupBroadcast(x2, 0u));
  (*tile).t9 = add_products((*tile).t9, w, subgroupBroadcast(x2, 1u));
  (*tile).t10 = add_products((*tile).t10, w, subgroupBroadcast(x2, 2u));
  (*tile).t11 = add_products((*tile).t11, w, subgroupBroadcast(x2, 3u));
  let x3 = x_at(i + 12u * stride);
  (*tile).t12 = add_products((*tile).t12, w, subgroupBroadcast(x3, 0u));
  (*tile).t13 = add_products((*tile).t13, w, subgroupBroadcast(x3, 1u));
  (*tile).t14 = add_products((*tile).t14, w, subgroupBroadcast(x3, 2u));
  (*tile).t15 = add_products((*tile).t15, w, subgroupBroadcast(x3, 3u));
}

fn tile_store(tile: Tile, token: u32, quad: u32) {
  var sums = array<vec4f, TOKENS>(
    tile.t0, tile.t1, tile.t2, tile.t3, tile.t4, tile.t5, tile.t6, tile.t7,
    tile.t8, tile.t9, tile.t10, tile.t11, tile.t12, tile.t13, tile.t14, tile.t15,
  );
  for (var t = 0u; t < TOKENS; t++) {
    if (token + t < params.tokens) {
      store(token + t, quad, sums[t]);
    }
  }
}
