// Rounds the keys and values of a batch into the caches. Workgroup (h, t) does those of kv head h in token t,
// a lane four channels of each. Tokens beyond the batch and positions beyond the caches write nothing.
// Hooks: HEAD_DIM, put.
struct Params {
  heads: u32,
  kv_heads: u32,
  stride: u32,   // a multiple of 4
  capacity: u32, // positions of the caches
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read> qkv: array<vec4f>; // [token][stride / 4], queries, turned keys, values

const QUADS = HEAD_DIM / 4u;

@compute @workgroup_size(QUADS)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let position = state.position + group.y;
  if (group.y >= state.count || position >= params.capacity) {
    return;
  }
  let key = group.y * (params.stride / 4u) + (params.heads + group.x) * QUADS + lane;
  put(group.x * params.capacity + position, lane, qkv[key], qkv[key + params.kv_heads * QUADS]);
}
