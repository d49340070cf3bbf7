// y[t][k] = act(x[t][k]). A lane does four neighbours; workgroup (i, t) does LANES of those in token t.
// Hooks: x_quad, act.
struct Params {
  width: u32, // this and the others: multiples of 4
  x_stride: u32,
  y_stride: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>; // [token][y_stride / 4]

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= params.width / 4u) {
    return;
  }
  y[group.y * (params.y_stride / 4u) + i] = act(x_quad(group.y * (params.x_stride / 4u) + i));
}
