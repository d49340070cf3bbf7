// Symmetric codes for spans of 32 activations: s = max |x| / QMAX, of the span or of the token's row, q =
// clamp(round(x / s), -QMAX, QMAX). A lane does one span; workgroup (i, t) does LANES of them in token t. 1 / s is
// correctly rounded, so that the codes are those of the CPU. Hooks: BITS, x_quad, put_span, reciprocal, row_most, reach.
struct Params {
  spans: u32,
  x_stride: u32, // a multiple of 32
  y_stride: u32,
}
@group(0) @binding(0) var<uniform> params: Params;

override LANES: u32 = 32u;
const QMAX = f32((1u << (BITS - 1u)) - 1u);
const STEP = 1.0 / QMAX;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let span = group.x * LANES + lane;
  let row = group.y * (params.x_stride / 4u);
  let most_of_row = row_most(row, lane, group.z); // group.z is 0: see lib/linear_params
  if (span >= params.spans) {
    return;
  }
  let source = row + span * 8u;
  let low = half_span(source);
  let high = half_span(source + 4u);
  let scale = reach(largest(low, high), most_of_row) * STEP;
  let inverse = reciprocal(scale);
  put_span(group.y, span, codes(low, inverse), codes(high, inverse), select(scale, 0.0, inverse == 0.0));
}

fn half_span(source: u32) -> mat4x4f {
  return mat4x4f(x_quad(source), x_quad(source + 1u), x_quad(source + 2u), x_quad(source + 3u));
}

fn largest_of_span(source: u32) -> f32 {
  return largest(half_span(source), half_span(source + 4u));
}

fn largest(low: mat4x4f, high: mat4x4f) -> f32 {
  let most = max(largest_of_half(low), largest_of_half(high));
  return max(max(most.x, most.y), max(most.z, most.w));
}

fn largest_of_half(m: mat4x4f) -> vec4f {
  return max(max(abs(m[0]), abs(m[1])), max(abs(m[2]), abs(m[3])));
}

fn codes(m: mat4x4f, inverse: f32) -> mat4x4f {
  let limit = vec4f(QMAX);
  return mat4x4f(
    clamp(round(m[0] * inverse), -limit, limit), clamp(round(m[1] * inverse), -limit, limit),
    clamp(round(m[2] * inverse), -limit, limit), clamp(round(m[3] * inverse), -limit, limit));
}
