// How fast f32 multiply-adds go when nothing is loaded: eight chains a lane, each waiting for itself only,
// and four steps of every chain a round. y[lane of all] = the sum of the chains, so that none is left out.
// Kernels write a * b + c as well, and leave it to the compiler to make one instruction of it.
struct Params {
  rounds: u32,
  times: f32,
  plus: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rounds = params.rounds | group.z; // group.z is 0; lib/linear_params.wgsl says why it stands here
  let times = params.times;
  let plus = vec4f(params.plus);
  let first = f32(lane & 15u); // differs between lanes, or a GPU could do them all at once
  var a = vec4f(0.0, 1.0, 2.0, 3.0) + first;
  var b = vec4f(4.0, 5.0, 6.0, 7.0) + first;
  for (var round = 0u; round < rounds; round++) {
    a = a * times + plus;
    b = b * times + plus;
    a = a * times + plus;
    b = b * times + plus;
    a = a * times + plus;
    b = b * times + plus;
    a = a * times + plus;
    b = b * times + plus;
  }
  let sum = a + b;
  y[group.x * LANES + lane] = (sum.x + sum.y) + (sum.z + sum.w);
}
