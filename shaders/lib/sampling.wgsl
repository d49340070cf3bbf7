// What the sampler reads and writes: logits after the repetition penalty, and what follows from a token.
struct Params {
  vocab: u32,
  stride: u32,      // of a row of logits, a multiple of 4
  temperature: f32, // 0: the likeliest token
  top_k: u32,       // 0: off
  top_p: f32,       // 1: off
  min_p: f32,       // 0: off
  penalty: f32,     // of tokens seen; 1: off
  seed: u32,
}
// Storage, as a driver that compiles anew for each value of a uniform that steers branches (see
// lib/linear_params) would do so for every text.
@group(0) @binding(0) var<storage, read> params: Params;
@group(0) @binding(1) var<storage, read_write> state: State;
@group(0) @binding(2) var<storage, read> logits: array<vec4f>;     // [step][stride / 4]
@group(0) @binding(3) var<storage, read_write> tokens: array<u32>; // the next batch's
@group(0) @binding(4) var<storage, read_write> seen: array<u32>;   // a bit a token of the vocabulary
@group(0) @binding(5) var<storage, read_write> out: array<u32>;    // [step]

const LOWEST = -3.4028234e38;
const FOUR = vec4u(0u, 1u, 2u, 3u);

fn quads() -> u32 {
  return (params.vocab + 3u) / 4u;
}

// Logits of tokens 4 i to 4 i + 3 of the row that this step reads; LOWEST beyond the vocabulary.
fn penalized(i: u32) -> vec4f {
  var l = logits[state.step * (params.stride / 4u) + i];
  if (params.penalty != 1.0) {
    let marks = ((vec4u(seen[i / 8u]) >> (4u * (i % 8u) + FOUR)) & vec4u(1u)) != vec4u(0u);
    l = select(l, select(l * params.penalty, l / params.penalty, l > vec4f(0.0)), marks);
  }
  return select(vec4f(LOWEST), l, 4u * i + FOUR < vec4u(params.vocab));
}

// The chosen token becomes the next batch.
fn choose(id: u32) {
  tokens[0] = id;
  if (state.step < arrayLength(&out)) {
    out[state.step] = id;
  }
  seen[id / 32u] |= 1u << (id % 32u);
  state.position += state.count;
  state.count = 1u;
  state.step += 1u;
}
