// Turns the queries in place, and keys and values on their way into the caches: of every head the pairs
// (a, b) become (a cos - b sin, b cos + a sin). A lane does one pair of one head; workgroup (i, t) does LANES
// of those in token t. Tokens beyond the batch and positions beyond the caches write nothing.
// Hooks: pair_places, turn_of, keep.
struct Params {
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  stride: u32,
  capacity: u32, // positions of the caches
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> qkv: array<f32>; // [token][stride], queries, keys, values

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let half = params.head_dim / 2u;
  let pair = group.x * LANES + lane;
  let head = pair / half;
  let position = state.position + group.y;
  if (head >= params.heads + 2u * params.kv_heads || group.y >= state.count || position >= params.capacity) {
    return;
  }
  let i = pair % half;
  let places = pair_places(i, half);
  let source = group.y * params.stride + head * params.head_dim + places;
  let a = qkv[source.x];
  let b = qkv[source.y];
  let turn = turn_of(position, i, half);
  let rotated = vec2f(a * turn.x - b * turn.y, b * turn.x + a * turn.y);
  if (head < params.heads) {
    qkv[source.x] = rotated.x;
    qkv[source.y] = rotated.y;
    return;
  }
  keep(head - params.heads, position, places, source, vec2f(a, b), rotated);
}
