// y = x, 16 bytes at a time: how fast memory is read and written when nothing is computed. Workgroup i copies
// LANES * rounds neighbouring vectors, in each round the LANES next to each other. There are only whole
// workgroups: asking whether a vector is still wanted costs SwiftShader a fifth of the rate.
struct Params {
  rounds: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4u>; // not f32: a NaN need not survive a copy
@group(0) @binding(2) var<storage, read_write> y: array<vec4u>;

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rounds = params.rounds | group.z; // group.z is 0; lib/linear_params.wgsl says why it stands here
  var at = group.x * LANES * rounds + lane;
  for (var round = 0u; round < rounds; round++) {
    y[at] = x[at];
    at += LANES;
  }
}
