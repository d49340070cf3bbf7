// Root mean square norm of queries and keys in place, before they are turned: x / sqrt(mean(x²) + eps) * gain
// over segments of a row. Segments are heads, or all queries and all keys; the gain lies beside the row.
// Workgroup (i, t) does segment i of token t. Hooks: reduce_sum.
struct Params {
  queries: u32,     // segments of queries; those of keys follow
  query_width: u32, // widths and stride: multiples of 4
  key_width: u32,
  stride: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(2) var<storage, read> gain: array<vec4f>;       // [queries and keys / 4]
@group(0) @binding(3) var<storage, read_write> qkv: array<vec4f>; // [token][stride / 4]

override LANES: u32 = 64u;

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (group.y >= state.count) {
    return;
  }
  let keys = group.x >= params.queries;
  let width = select(params.query_width, params.key_width, keys) | group.z; // as in kernels/rmsnorm
  let before = min(group.x, params.queries) * params.query_width;
  let first = (before + (group.x - min(group.x, params.queries)) * params.key_width) / 4u;
  let row = group.y * (params.stride / 4u);
  var squares = 0.0;
  for (var i = lane; i < width / 4u; i += LANES) {
    let v = qkv[row + first + i];
    squares += dot(v, v);
  }
  let scale = 1.0 / sqrt(reduce_sum(squares, lane) / f32(width) + params.eps);
  for (var i = lane; i < width / 4u; i += LANES) {
    qkv[row + first + i] *= scale * gain[first + i];
  }
}
