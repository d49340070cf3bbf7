// A piece of four rows times the inputs of 8 tokens, one after another. Defines tile_dot.
// Expects Dots (lib/tile_int8), lib/xq_each and piece_dot (lib/dot_bytes, lib/dot_planes ...).

// `at` is the first token's span among all tokens' spans.
fn tile_dot(dots: ptr<function, Dots>, w: vec4u, piece: u32, keys: vec4u, at: Inputs) {
  (*dots).t0 += piece_dot(w, piece, keys, at);
  (*dots).t1 += piece_dot(w, piece, keys, at + params.spans);
  (*dots).t2 += piece_dot(w, piece, keys, at + 2u * params.spans);
  (*dots).t3 += piece_dot(w, piece, keys, at + 3u * params.spans);
  (*dots).t4 += piece_dot(w, piece, keys, at + 4u * params.spans);
  (*dots).t5 += piece_dot(w, piece, keys, at + 5u * params.spans);
  (*dots).t6 += piece_dot(w, piece, keys, at + 6u * params.spans);
  (*dots).t7 += piece_dot(w, piece, keys, at + 7u * params.spans);
}
