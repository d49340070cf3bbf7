// y[t][h] from what the workgroups of kernels/attention left of it, a span of positions each. A lane does a
// quad of dims. Hooks: HEAD_DIM.
struct Params {
  heads: u32,
  kv_heads: u32,
  q_stride: u32,
  y_stride: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>; // [token][y_stride / 4], head by head
@group(0) @binding(7) var<storage, read> spans: array<vec4f>; // [span][token][head][RECORD]

override LANES: u32 = 32u;
const QUADS = HEAD_DIM / 4u;
const RECORD = QUADS + 1u; // sums, then highest score, total of the weights, how many spans there are

@compute @workgroup_size(LANES)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = state.count * params.heads;
  let row = id.x / QUADS;
  let quad = id.x % QUADS;
  if (row >= rows) {
    return;
  }
  let first = row * RECORD;
  let count = u32(spans[first + QUADS].z);
  var peak = spans[first + QUADS].x;
  for (var i = 1u; i < count; i++) {
    peak = max(peak, spans[first + i * rows * RECORD + QUADS].x);
  }
  var sum = vec4f(0.0);
  var total = 0.0;
  for (var i = 0u; i < count; i++) {
    let at = first + i * rows * RECORD;
    let known = spans[at + QUADS];
    let weight = exp(known.x - peak);
    sum += weight * spans[at + quad];
    total += weight * known.y;
  }
  y[row / params.heads * (params.y_stride / 4u) + row % params.heads * QUADS + quad] = sum / total;
}
