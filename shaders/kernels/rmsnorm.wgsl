// y[t][k] = x[t][k] * gain[k] / sqrt(mean(x[t]²) + eps). One workgroup does one token.
// With last_only the batch's last token alone is normed, into row 0, for a head that wants no other logits.
// Hooks: x_quad, reduce_sum, put.
struct Params {
  width: u32,    // a multiple of 4
  x_stride: u32, // multiples of 4
  y_stride: u32,
  eps: f32,
  last_only: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;        // [width / 4]
@group(0) @binding(4) var<storage, read> state: State;

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
  var squares = 0.0;
  for (var i = lane; i < quads; i += LANES) {
    let v = x_quad(source + i);
    squares += dot(v, v);
  }
  let scale = 1.0 / sqrt(reduce_sum(squares, lane) / f32(params.width) + params.eps);
  for (var i = lane; i < quads; i += LANES) {
    put(to + i, x_quad(source + i) * scale * gain[i]);
  }
}
