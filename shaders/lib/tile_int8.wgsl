// Sums of 8 tokens for a quad of rows, each with its own name: integers within a span, floats beyond.
// Defines TOKENS, Dots, Tile, tile_scale, tile_sum and tile_store. Expects scaled_dot (lib/dot_scaled) and store (lib/store_*).
const TOKENS: u32 = 8u;

struct Dots {
  t0: vec4i,
  t1: vec4i,
  t2: vec4i,
  t3: vec4i,
  t4: vec4i,
  t5: vec4i,
  t6: vec4i,
  t7: vec4i,
}

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

// `at` is the first token's span among all tokens' spans.
fn tile_scale(sums: ptr<function, Tile>, dots: Dots, scales: Scales, at: u32) {
  (*sums).t0 += scaled_dot(dots.t0, scales, at);
  (*sums).t1 += scaled_dot(dots.t1, scales, at + params.spans);
  (*sums).t2 += scaled_dot(dots.t2, scales, at + 2u * params.spans);
  (*sums).t3 += scaled_dot(dots.t3, scales, at + 3u * params.spans);
  (*sums).t4 += scaled_dot(dots.t4, scales, at + 4u * params.spans);
  (*sums).t5 += scaled_dot(dots.t5, scales, at + 5u * params.spans);
  (*sums).t6 += scaled_dot(dots.t6, scales, at + 6u * params.spans);
  (*sums).t7 += scaled_dot(dots.t7, scales, at + 7u * params.spans);
}

fn tile_sum(total: ptr<function, Tile>, sums: Tile) {
  (*total).t0 += sums.t0;
  (*total).t1 += sums.t1;
  (*total).t2 += sums.t2;
  (*total).t3 += sums.t3;
  (*total).t4 += sums.t4;
  (*total).t5 += sums.t5;
  (*total).t6 += sums.t6;
  (*total).t7 += sums.t7;
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
