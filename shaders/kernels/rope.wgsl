// Turns the queries in place and the keys into the cache, and copies the values into theirs: of every head
// the pairs (a, b) = (i, i + head_dim / 2) become (a cos - b sin, b cos + a sin). A lane does one pair of
// one head; workgroup (i, t) does LANES of those in token t. Tokens beyond the batch and positions beyond
// the caches write nothing.
struct Params {
  heads: u32,
  kv_heads: u32,
  head_dim: u32,
  stride: u32,
  capacity: u32, // positions of the caches
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read> table: array<vec2f>;         // [position][head_dim / 2] cos, sin
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
  let source = group.y * params.stride + head * params.head_dim + i;
  let a = qkv[source];
  let b = qkv[source + half];
  let turn = table[position * half + i];
  let rotated = vec2f(a * turn.x - b * turn.y, b * turn.x + a * turn.y);
  if (head < params.heads) {
    qkv[source] = rotated.x;
    qkv[source + half] = rotated.y;
    return;
  }
  let kv = head - params.heads;
  let to = ((kv % params.kv_heads) * params.capacity + position) * params.head_dim + i;
  if (kv < params.kv_heads) {
    k_cache[to] = rotated.x;
    k_cache[to + half] = rotated.y;
  } else {
    v_cache[to] = a;
    v_cache[to + half] = b;
  }
}
