// Sums of 16 tokens for a quad of rows, each with its own name: indexed arrays would leave the registers.
// Defines TOKENS, Tile, tile_add and tile_store. Expects x_at (lib/x_*) and store (lib/store_*).
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

fn tile_add(tile: ptr<function, Tile>, token: u32, i: u32, w: mat4x4f) {
  (*tile).t0 += x_at(token, i) * w;
  (*tile).t1 += x_at(token + 1u, i) * w;
  (*tile).t2 += x_at(token + 2u, i) * w;
  (*tile).t3 += x_at(token + 3u, i) * w;
  (*tile).t4 += x_at(token + 4u, i) * w;
  (*tile).t5 += x_at(token + 5u, i) * w;
  (*tile).t6 += x_at(token + 6u, i) * w;
  (*tile).t7 += x_at(token + 7u, i) * w;
  (*tile).t8 += x_at(token + 8u, i) * w;
  (*tile).t9 += x_at(token + 9u, i) * w;
  (*tile).t10 += x_at(token + 10u, i) * w;
  (*tile).t11 += x_at(token + 11u, i) * w;
  (*tile).t12 += x_at(token + 12u, i) * w;
  (*tile).t13 += x_at(token + 13u, i) * w;
  (*tile).t14 += x_at(token + 14u, i) * w;
  (*tile).t15 += x_at(token + 15u, i) * w;
}

fn tile_store(tile: Tile, token: u32, quad: u32) {
  if (token < params.tokens) { store(token, quad, tile.t0); }
  if (token + 1u < params.tokens) { store(token + 1u, quad, tile.t1); }
  if (token + 2u < params.tokens) { store(token + 2u, quad, tile.t2); }
  if (token + 3u < params.tokens) { store(token + 3u, quad, tile.t3); }
  if (token + 4u < params.tokens) { store(token + 4u, quad, tile.t4); }
  if (token + 5u < params.tokens) { store(token + 5u, quad, tile.t5); }
  if (token + 6u < params.tokens) { store(token + 6u, quad, tile.t6); }
  if (token + 7u < params.tokens) { store(token + 7u, quad, tile.t7); }
  if (token + 8u < params.tokens) { store(token + 8u, quad, tile.t8); }
  if (token + 9u < params.tokens) { store(token + 9u, quad, tile.t9); }
  if (token + 10u < params.tokens) { store(token + 10u, quad, tile.t10); }
  if (token + 11u < params.tokens) { store(token + 11u, quad, tile.t11); }
  if (token + 12u < params.tokens) { store(token + 12u, quad, tile.t12); }
  if (token + 13u < params.tokens) { store(token + 13u, quad, tile.t13); }
  if (token + 14u < params.tokens) { store(token + 14u, quad, tile.t14); }
  if (token + 15u < params.tokens) { store(token + 15u, quad, tile.t15); }
}
