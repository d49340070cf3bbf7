// What is done to embeddings before the first layer, in place: x[t][k] = placed(x[t][k], position of t, k). A
// lane does four neighbours; workgroup (i, t) does LANES of those in token t. Hooks: placed.
struct Params {
  width: u32,  // multiples of 4
  stride: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read_write> x: array<vec4f>; // [token][stride / 4]

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = params.width / 4u;
  let i = group.x * LANES + lane;
  if (i >= quads || group.y >= state.count) {
    return;
  }
  let at = group.y * (params.stride / 4u) + i;
  x[at] = placed(x[at], (state.position + group.y) * quads + i);
}
