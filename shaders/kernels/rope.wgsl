// Turns the queries in place and the keys into the cache, and copies the values into theirs: of every head
// the pairs (a, b) become (a cos - b sin, b cos + a sin). A lane does one pair of one head; workgroup (i, t)
// does LANES of those in token t. Tokens beyond the batch and positions beyond the caches write nothing.
// Hooks: pair_places, turn_of.
struct Params {
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  stride: u32,
  capacity: u32, // positions of the caches
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(3) var<storage, read_write> qkv: array<f32>;     // [token][stride], queries, keys, values
@group(0) @binding(4) var<storage, read_write> k_cache: array<f32>; // [kv head][capacity][head_dim]
@group(0) @binding(5) var<storage, read_write> v_cache: array<f32>; // [kv head][capacity][head_dim]

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
  let kv = head - params.heads;
  let to = ((kv % params.kv_heads) * params.capacity + position) * params.head_dim + places;
  if (kv < params.kv_heads) {
    k_cache[to.x] = rotated.x;
    k_cache[to.y] = rotated.y;
  } else {
    v_cache[to.x] = a;
    v_cache[to.y] = b;
  }
}
