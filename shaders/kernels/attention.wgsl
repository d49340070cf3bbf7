// y[t][h] = sum over the p that t sees of softmax(q[t][h] · k[p] * scale) v[p], exact, online over tiles of
// positions. One workgroup does ROWS rows (t, h) that share a kv head, so that keys and values are loaded
// once for all of them. Positions go in fours: for scores a lane takes a four, for sums a stripe of fours
// and two quads of dims; of a lone last quad the second is computed for nothing. Hooks: ROWS, HEAD_DIM,
// query_at, key_at, value_at, sees, seen_from, reduce_max4, reduce_sum4.
struct Params {
  heads: u32,
  kv_heads: u32,
  q_stride: u32,
  y_stride: u32,
  capacity: u32, // positions of the caches
  scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> state: State;
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>; // [token][y_stride / 4], head by head

override LANES: u32 = 32u; // PAIRS to TILE / 2
const QUADS = HEAD_DIM / 4u;
const PAIRS = (HEAD_DIM + 4u) / 8u;
const TILE = 128u; // fours of positions
const FOUR = vec4u(0u, 1u, 2u, 3u);
const LOWEST = -3.0e38;

var<workgroup> tile: array<vec4f, ROWS * TILE>; // [four][row] scores, then weights; last [quad][row] sums

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let share = params.heads / params.kv_heads; // query heads of a kv head
  let first = group.y * ROWS;
  let rows = min(state.count * share, first + ROWS);
  if (first >= rows) {
    return;
  }
  let row = min(first + FOUR, vec4u(rows - 1u));
  let token = row / share;
  let head = group.x * share + row % share;
  let query = token * (params.q_stride / 4u) + head * QUADS;
  let last = min(state.position + token, vec4u(params.capacity - 1u)); // position that a row sees
  let end = last.w;
  let cache = group.x * params.capacity * QUADS;
  let stripes = LANES / PAIRS;
  let stripe = lane / PAIRS;
  let dim = cache + lane % PAIRS;
  let quads = QUADS | group.z; // as a constant, drivers would unroll its loop and compile for seconds

  var peak = vec4f(LOWEST); // [row], as total
  var total = vec4f(0.0);
  var near = mat4x4f(); // [row], sums of the lane's first quad of dims
  var far = mat4x4f(); // [row], of its second one
  for (var start = seen_from(last.x); start <= end; start += 4u * TILE) {
    let fours = min(TILE, (end - start) / 4u + 1u);
    var highest = vec4f(LOWEST);
    for (var i = lane; i < fours; i += LANES) {
      let s = scores(query, cache, start + 4u * i + FOUR, last, quads);
      put(i, s);
      highest = max(highest, vec4f(top(s[0]), top(s[1]), top(s[2]), top(s[3])));
    }
    let before = peak;
    peak = max(peak, reduce_max4(highest, lane));
    let fade = exp(before - peak);
    total *= fade;
    for (var i = lane; i < fours; i += LANES) {
      let w = weights(take(i), peak);
      put(i, w);
      total += vec4f(1.0) * w;
    }
    workgroupBarrier();
    near = mat4x4f(near[0] * fade.x, near[1] * fade.y, near[2] * fade.z, near[3] * fade.w);
    far = mat4x4f(far[0] * fade.x, far[1] * fade.y, far[2] * fade.z, far[3] * fade.w);
    for (var i = stripe; i < select(0u, fours, stripe < stripes); i += stripes) {
      let w = take(i);
      let at = dim + min(start + 4u * i + FOUR, vec4u(end)) * QUADS;
      near = weigh(near, w, at);
      far = weigh(far, w, at + PAIRS);
    }
    workgroupBarrier();
  }

  total = reduce_sum4(total, lane);
  put(2u * lane, near);
  put(2u * lane + 1u, far);
  workgroupBarrier();
  for (var i = lane; i < (rows - first) * QUADS; i += LANES) {
    let r = i / QUADS;
    let quad = i % QUADS;
    var sum = vec4f(0.0);
    for (var s = 0u; s < stripes; s++) {
      sum += tile[(2u * (s * PAIRS + quad % PAIRS) + quad / PAIRS) * ROWS + r];
    }
    y[token[r] * (params.y_stride / 4u) + head[r] * QUADS + quad] = sum / total[r];
  }
}

// q · k * scale of four places' keys, [row][place]; LOWEST where a row does not see the place.
fn scores(query: vec4u, cache: u32, places: vec4u, last: vec4u, quads: u32) -> mat4x4f {
  let at = cache + min(places, vec4u(last.w)) * QUADS;
  var s = mat4x4f();
  for (var d = 0u; d < quads; d++) {
    let k = mat4x4f(key_at(at.x + d), key_at(at.y + d), key_at(at.z + d), key_at(at.w + d));
    s[0] += query_at(query.x + d) * k;
    if (ROWS > 1u) { s[1] += query_at(query.y + d) * k; }
    if (ROWS > 2u) { s[2] += query_at(query.z + d) * k; }
    if (ROWS > 3u) { s[3] += query_at(query.w + d) * k; }
  }
  let low = vec4f(LOWEST);
  return mat4x4f(
    select(low, s[0] * params.scale, sees(places, last.x)),
    select(low, s[1] * params.scale, sees(places, last.y)),
    select(low, s[2] * params.scale, sees(places, last.z)),
    select(low, s[3] * params.scale, sees(places, last.w)));
}

fn weights(s: mat4x4f, peak: vec4f) -> mat4x4f {
  var w = mat4x4f();
  w[0] = exp(s[0] - peak.x);
  if (ROWS > 1u) { w[1] = exp(s[1] - peak.y); }
  if (ROWS > 2u) { w[2] = exp(s[2] - peak.z); }
  if (ROWS > 3u) { w[3] = exp(s[3] - peak.w); }
  return w;
}

// sums plus four positions' values times their weights, one quad of dims, [row].
fn weigh(sums: mat4x4f, w: mat4x4f, at: vec4u) -> mat4x4f {
  let v = mat4x4f(value_at(at.x), value_at(at.y), value_at(at.z), value_at(at.w));
  var next = sums;
  next[0] += v * w[0];
  if (ROWS > 1u) { next[1] += v * w[1]; }
  if (ROWS > 2u) { next[2] += v * w[2]; }
  if (ROWS > 3u) { next[3] += v * w[3]; }
  return next;
}

fn put(i: u32, m: mat4x4f) {
  tile[i * ROWS] = m[0];
  if (ROWS > 1u) { tile[i * ROWS + 1u] = m[1]; }
  if (ROWS > 2u) { tile[i * ROWS + 2u] = m[2]; }
  if (ROWS > 3u) { tile[i * ROWS + 3u] = m[3]; }
}

fn take(i: u32) -> mat4x4f {
  var m = mat4x4f();
  m[0] = tile[i * ROWS];
  if (ROWS > 1u) { m[1] = tile[i * ROWS + 1u]; }
  if (ROWS > 2u) { m[2] = tile[i * ROWS + 2u]; }
  if (ROWS > 3u) { m[3] = tile[i * ROWS + 3u]; }
  return m;
}

fn top(v: vec4f) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }
