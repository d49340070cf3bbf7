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
      for (var h = 0u; h < HEADS; h++) {
        tile[i * HEADS + h] = s[h];
      }
      highest = max(highest, vec4f(highest_of(s[0]), highest_of(s[1]), highest_of(s[2]), highest_of(s[3])));
    }
    let before = peak;
    peak = max(peak, reduce_max4(highest, lane));
    let fade = exp(before - peak);
    total *= fade;
    for (var i = lane; i < fours; i += LANES) {
      for (var h = 0u; h < HEADS; h++) {
        let weights = exp(tile[i * HEADS + h] - peak[h]);
        tile[i * HEADS + h] = weights;
        total[h] += dot(weights, vec4f(1.0));
      }
    }
    workgroupBarrier();
    sums = mat4x4f(sums[0] * fade.x, sums[1] * fade.y, sums[2] * fade.z, sums[3] * fade.w);
    if (stripe < stripes) {
      for (var i = stripe; i < fours; i += stripes) {
        sums = weigh(sums, i * HEADS, dim, start + 4u * i, last);
      }
    }
    workgroupBarrier();
  }

  total = reduce_sum4(total, lane);
  for (var h = 0u; h < HEADS; h++) {
    tile[lane * HEADS + h] = sums[h];
  }
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

// Of four positions from `first` on, [head][position]; those after `last` score LOWEST.
fn scores(query: u32, cache: u32, first: u32, last: u32) -> mat4x4f {
  let at = cache + min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * QUADS;
  var s0 = vec4f(0.0);
  var s1 = vec4f(0.0);
  var s2 = vec4f(0.0);
  var s3 = vec4f(0.0);
  for (var d = 0u; d < QUADS; d++) {
    let k = mat4x4f(k_cache[at.x + d], k_cache[at.y + d], k_cache[at.z + d], k_cache[at.w + d]);
    s0 += query_at(query + d) * k;
    if (HEADS > 1u) {
      s1 += query_at(query + QUADS + d) * k;
    }
    if (HEADS > 2u) {
      s2 += query_at(query + 2u * QUADS + d) * k;
    }
    if (HEADS > 3u) {
      s3 += query_at(query + 3u * QUADS + d) * k;
    }
  }
  let seen = vec4u(first) + vec4u(0u, 1u, 2u, 3u) <= vec4u(last);
  let scale = params.scale;
  let none = vec4f(LOWEST);
  return mat4x4f(
    select(none, s0 * scale, seen), select(none, s1 * scale, seen),
    select(none, s2 * scale, seen), select(none, s3 * scale, seen));
}

// sums plus the four values from position `first` on times their weights, for every head.
fn weigh(sums: mat4x4f, weights: u32, dim: u32, first: u32, last: u32) -> mat4x4f {
  let at = dim + min(vec4u(first) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * QUADS;
  let v = mat4x4f(v_cache[at.x], v_cache[at.y], v_cache[at.z], v_cache[at.w]);
  var next = sums;
  for (var h = 0u; h < HEADS; h++) {
    next[h] += v * tile[weights + h];
  }
  return next;
}

fn highest_of(v: vec4f) -> f32 {
  return max(max(v.x, v.y), max(v.z, v.w));
}
