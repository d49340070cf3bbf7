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

fn tile_add(tile: ptr<function, Tile>, token: u32, i: u32, w: mat4x4f) {
  (*tile).t0 += x_at(token, i) * w;
  (*tile).t1 += x_at(token + 1u, i) * w;
  (*tile).t2 += x_at(token + 2u, i) * w;
  (*tile).t3 += x_at(token + 3u, i) * w;
  (*tile).t4 += x_at(token + 4u, i) * w;
  (*tile).t5 += x_at(token + 5u, i) * w;
  (*tile).t6 += x_at(token + 6u, i) * w;
  (*tile).t7 += x_at(token + 7u, i) * w;
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
}
