// y[t][h] = sum over the p that t sees of softmax(q[t][h] · k[p] * scale) v[p], exact, online over tiles of
// positions. One workgroup does ROWS rows (t, h) that share a kv head, so that keys and values are loaded
// once for all of them. Positions go in fours: for scores a lane takes a four, for sums a stripe of fours
// and two quads of dims; of a lone last quad the second is computed for nothing. Where there are several
// workgroups behind one another, each takes a span of the positions and leaves what kernels/merge needs.
// Hooks: ROWS, HEAD_DIM, query_at, key_at, value_at, sees, seen_from, reduce_max4, reduce_sum4, ROUND, meet,
// own_weights, passed_weights, gather, gathered.
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
@group(0) @binding(7) var<storage, read_write> spans: array<vec4f>; // [span][token][head][RECORD]

override LANES: u32 = 32u; // PAIRS to TILE / 2
const QUADS = HEAD_DIM / 4u;
const PAIRS = (HEAD_DIM + 4u) / 8u;
const RECORD = QUADS + 1u; // sums, then highest score, total of the weights, how many spans there are
const FOUR = vec4u(0u, 1u, 2u, 3u);

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
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
  let begin = seen_from(last.x);
  let span = 4u * (((last.w - begin) / 4u + groups.z) / groups.z); // positions of this workgroup
  let end = min(last.w, begin + span * (group.z + 1u) - 1u);
  let cache = group.x * params.capacity * QUADS;
  let stripes = LANES / PAIRS;
  let stripe = lane / PAIRS;
  let dim = cache + lane % PAIRS;
  let quads = min(QUADS, QUADS * state.count); // as a constant, drivers would unroll its loop and compile for seconds

  var peak = vec4f(LOWEST); // [row], as total
  var total = vec4f(0.0);
  var near = mat4x4f(); // [row], sums of the lane's first quad of dims
  var far = mat4x4f(); // [row], of its second one
  for (var start = begin + span * group.z; start <= end; start += 4u * TILE) {
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
    meet();
    near = mat4x4f(near[0] * fade.x, near[1] * fade.y, near[2] * fade.z, near[3] * fade.w);
    far = mat4x4f(far[0] * fade.x, far[1] * fade.y, far[2] * fade.z, far[3] * fade.w);
    for (var i = 0u; i < fours; i += ROUND) {
      let own = own_weights(i + lane);
      let round = min(ROUND, fours - i);
      for (var j = 0u; j < round; j += stripes) {
        let mine = j + stripe;
        let there = mine < round && stripe < stripes;
        let w = passed_weights(own, i, mine, there);
        if (there) {
          let at = dim + min(start + 4u * (i + mine) + FOUR, vec4u(end)) * QUADS;
          near = weigh(near, w, at);
          far = weigh(far, w, at + PAIRS);
        }
      }
    }
    meet();
  }

  total = reduce_sum4(total, lane);
  gather(near, far, lane);
  let record = (group.z * state.count * params.heads + token * params.heads + head) * RECORD;
  for (var i = lane; i < (rows - first) * QUADS; i += LANES) {
    let r = i / QUADS;
    let quad = i % QUADS;
    let sum = gathered(r, quad);
    if (groups.z == 1u) {
      y[token[r] * (params.y_stride / 4u) + head[r] * QUADS + quad] = sum / total[r];
    } else {
      spans[record[r] + quad] = sum;
    }
  }
  if (groups.z > 1u && lane < rows - first) {
    spans[record[lane] + QUADS] = vec4f(peak[lane], total[lane], f32(groups.z), 0.0);
  }
}
