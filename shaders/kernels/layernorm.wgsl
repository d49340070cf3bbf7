// y[t][k] = (x[t][k] - mean) * gain[k] / sqrt(variance + eps) + bias[k]. One workgroup does one token; the
// variance is summed in a second pass, about the mean. With last_only the batch's last token alone is normed,
// into row 0. Hooks: x_quad, reduce_sum, put.
struct Params {
  width: u32,    // a multiple of 4
  x_stride: u32, // multiples of 4
  y_stride: u32,
  eps: f32,
  last_only: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>; // [width / 4]
@group(0) @binding(4) var<storage, read> state: State;
@group(0) @binding(5) var<storage, read> bias: array<vec4f>; // [width / 4]

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let token = select(group.y, state.count - 1u, params.last_only == 1u);
  if (group.y >= select(state.count, 1u, params.last_only == 1u)) {
    return;
  }
  let quads = (params.width | group.z) / 4u; // group.z is 0: see lib/linear_params
  let source = token * (params.x_stride / 4u);
  let to = group.y * (params.y_stride / 4u);
  var sum = 0.0;
  for (var i = lane; i < quads; i += LANES) {
    sum += dot(x_quad(source + i), vec4f(1.0));
  }
  let mean = reduce_sum(sum, lane) / f32(params.width);
  var squares = 0.0;
  for (var i = lane; i < quads; i += LANES) {
    let v = x_quad(source + i) - mean;
    squares += dot(v, v);
  }
  let scale = 1.0 / sqrt(reduce_sum(squares, lane) / f32(params.width) + params.eps);
  for (var i = lane; i < quads; i += LANES) {
    put(to + i, (x_quad(source + i) - mean) * scale * gain[i] + bias[i]);
  }
}
