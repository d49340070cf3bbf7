// How fast packed dot products of four signed bytes go when nothing is loaded: a += dot(a, factor) in eight
// chains a lane, four steps of every chain a round. That a is a factor as well keeps the product in the loop.
// y[lane of all] = the sum of the chains. Needs packed_4x8_integer_dot_product.
struct Params {
  rounds: u32,
  factor: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<u32>;

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let rounds = params.rounds | group.z; // group.z is 0; lib/linear_params.wgsl says why it stands here
  let factor = params.factor;
  let first = vec4u(lane * 0x9e3779b9u); // differs between lanes, or a GPU could do them all at once
  var a = first + vec4u(0u, 1u, 2u, 3u);
  var b = first + vec4u(4u, 5u, 6u, 7u);
  for (var round = 0u; round < rounds; round++) {
    a = add_dot(a, factor);
    b = add_dot(b, factor);
    a = add_dot(a, factor);
    b = add_dot(b, factor);
    a = add_dot(a, factor);
    b = add_dot(b, factor);
    a = add_dot(a, factor);
    b = add_dot(b, factor);
  }
  let sum = a + b;
  y[group.x * LANES + lane] = sum.x + sum.y + sum.z + sum.w;
}

fn add_dot(a: vec4u, factor: u32) -> vec4u {
  return a + bitcast<vec4u>(vec4i(
    dot4I8Packed(a.x, factor), dot4I8Packed(a.y, factor),
    dot4I8Packed(a.z, factor), dot4I8Packed(a.w, factor)));
}
