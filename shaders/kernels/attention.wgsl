// y[t] = softmax(q[t] . k[p] * scale, p <= position + t) v[p] for HEADS query heads that share a kv head; one workgroup a
// (kv head, token, block of HEADS heads). Positions go in fours: scores take a lane a four, sums take a lane a (stripe of
// fours, quad of dims). The softmax is online over tiles, so that any context fits. Hooks: query_at, reduce_max4, reduce_sum4.
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
@group(0) @binding(3) var<storage, read> k_cache: array<vec4f>; // [kv head][position][QUADS]
@group(0) @binding(4) var<storage, read> v_cache: array<vec4f>; // [kv head][position][QUADS]
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>; // [token][y_stride / 4], head by head

override LANES: u32 = 64u; // at least QUADS, at most TILE
const QUADS = HEAD_DIM / 4u;
const TILE = 128u; // fours of positions
const LOWEST = -3.0e38;

var<workgroup> tile: array<vec4f, HEADS * TILE>; // [four][head], scores, then weights; at the end [lane][head], sums

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let token = group.y;
  if (token >= state.count) {
    return;
  }
  let share = params.heads / params.kv_heads; // query heads of a kv head
  let head = group.x * share + group.z * HEADS;
  let query = token * (params.q_stride / 4u) + head * QUADS;
  let cache = group.x * params.capacity * QUADS;
  let last = min(state.position + token, params.capacity - 1u);
  let stripes = LANES / QUADS;
  let stripe = lane / QUADS;
  let dim = cache + lane % QUADS;

  var peak = vec4f(LOWEST); // by head, as the next
  var total = vec4f(0.0);
  var sums = mat4x4f(); // [head], one quad of dims
  for (var start = 0u; start <= last; start += 4u * TILE) {
    let fours = min(TILE, (last - start) / 4u + 1u);
    var highest = vec4f(LOWEST);
    for (var i = lane; i < fours; i += LANES) {
      let s = scores(query, cache, start + 4u * i, last);
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
    sums = mat4x4f(sums[0] * fade.x, sums[1] * fade.y, sums[2] * fade.z, sums[3] * fade.w);
    for (var i = stripe; i < select(0u, fours, stripe < stripes); i += stripes) {
      sums = weigh(sums, take(i), dim, start + 4u * i, last);
    }
    workgroupBarrier();
  }

  total = reduce_sum4(total, lane);
  put(lane, sums);
  workgroupBarrier();
  for (var i = lane; i < HEADS * QUADS; i += LANES) {
    let h = i / QUADS;
    var sum = vec4f(0.0);
    for (var s = 0u; s < stripes; s++) {
      sum += tile[(s * QUADS + i % QUADS) * HEADS + h];
    }
    if (group.z * HEADS + h < share) {
      y[token * (params.y_stride / 4u) + head * QUADS + i] = sum / total[h];
    }
  }
}

// q · k of four positions from `first` on, [head][position]; those after `last` score LOWEST.
fn scores(query: u32, cache: u32, first: u32, last: u32) -> mat4x4f {
  let places = vec4u(first) + vec4u(0u, 1u, 2u, 3u);
  let at = cache + min(places, vec4u(last)) * QUADS;
  var s0 = vec4f(0.0);
  var s1 = vec4f(0.0);
  var s2 = vec4f(0.0);
  var s3 = vec4f(0.0);
  for (var d = 0u; d < QUADS; d++) {
    let k = mat4x4f(k_cache[at.x + d], k_cache[at.y + d], k_cache[at.z + d], k_cache[at.w + d]);
    s0 += query_at(query + d) * k;
    if (HEADS > 1u) { s1 += query_at(query + QUADS + d) * k; }
    if (HEADS > 2u) { s2 += query_at(query + 2u * QUADS + d) * k; }
    if (HEADS > 3u) { s3 += query_at(query + 3u * QUADS + d) * k; }
  }
  let seen = places <= vec4u(last);
  let low = vec4f(LOWEST);
  return mat4x4f(
    select(low, s0 * params.scale, seen), select(low, s1 * params.scale, seen),
    select(low, s2 * params.scale, seen), select(low, s3 * params.scale, seen));
}

fn weights(s: mat4x4f, peak: vec4f) -> mat4x4f {
  var w = mat4x4f();
  w[0] = exp(s[0] - peak.x);
  if (HEADS > 1u) { w[1] = exp(s[1] - peak.y); }
  if (HEADS > 2u) { w[2] = exp(s[2] - peak.z); }
  if (HEADS > 3u) { w[3] = exp(s[3] - peak.w); }
  return w;
}

// sums plus the values of four positions from `first` on times their weights, [head][dim].
fn weigh(sums: mat4x4f, w: mat4x4f, dim: u32, first: u32, last: u32) -> mat4x4f {
  let at = dim + min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * QUADS;
  let v = mat4x4f(v_cache[at.x], v_cache[at.y], v_cache[at.z], v_cache[at.w]);
  var next = sums;
  next[0] += v * w[0];
  if (HEADS > 1u) { next[1] += v * w[1]; }
  if (HEADS > 2u) { next[2] += v * w[2]; }
  if (HEADS > 3u) { next[3] += v * w[3]; }
  return next;
}

fn put(i: u32, m: mat4x4f) {
  tile[i * HEADS] = m[0];
  if (HEADS > 1u) { tile[i * HEADS + 1u] = m[1]; }
  if (HEADS > 2u) { tile[i * HEADS + 2u] = m[2]; }
  if (HEADS > 3u) { tile[i * HEADS + 3u] = m[3]; }
}

fn take(i: u32) -> mat4x4f {
  var m = mat4x4f();
  m[0] = tile[i * HEADS];
  if (HEADS > 1u) { m[1] = tile[i * HEADS + 1u]; }
  if (HEADS > 2u) { m[2] = tile[i * HEADS + 2u]; }
  if (HEADS > 3u) { m[3] = tile[i * HEADS + 3u]; }
  return m;
}

fn top(v: vec4f) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}
