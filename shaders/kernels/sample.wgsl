// Draws a token: repetition penalty, temperature, top-k, top-p, min-p, in this order. Probabilities are counted as integer
// masses of 2^-31, and ties at a border stay; integer sums make the draw the same for any number of lanes.
// One workgroup does it all. Hooks: logit_quad and those of lib/sampling, lib/random, lib/bins.
override LANES: u32 = 256u;

struct Odds {
  peak: f32,
  rate: f32,  // 1 / temperature
  scale: f32, // 2^31 / sum of exp((l - peak) * rate)
}

var<workgroup> top_key: atomic<u32>;
var<workgroup> sum_high: atomic<u32>;
var<workgroup> sum_low: atomic<u32>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  let odds = measure(lane);
  var least = 1u; // mass that stays
  if (params.top_k > 0u && params.top_k < params.vocab) {
    least = max(least, border(odds, least, false, lane));
  }
  if (params.top_p < 1.0) {
    least = max(least, border(odds, least, true, lane));
  }
  if (params.min_p > 0.0) {
    let most = u32(odds.scale);
    least = max(least, most - portion24(most, 16777216u - u32(min(params.min_p, 1.0) * 16777216.0)));
  }
  let id = draw(odds, least, lane);
  if (lane == 0u) {
    choose(id);
  }
}

fn quads() -> u32 {
  return (params.vocab + 3u) / 4u;
}

// exp((l - peak) / temperature) of four tokens; at temperature 0 that is 1 for the likeliest and 0 for the others.
fn weights(i: u32, peak: f32, rate: f32) -> vec4f {
  let l = penalized(i);
  let likeliest = select(vec4f(0.0), vec4f(1.0), l == vec4f(peak));
  let valid = 4u * i + FOUR < vec4u(params.vocab);
  return select(vec4f(0.0), select(exp((l - peak) * rate), likeliest, params.temperature == 0.0), valid);
}

fn masses(i: u32, odds: Odds) -> vec4u {
  return vec4u(weights(i, odds.peak, odds.rate) * odds.scale);
}

fn measure(lane: u32) -> Odds {
  var best = vec4f(LOWEST);
  for (var i = lane; i < quads(); i += LANES) {
    best = max(best, penalized(i));
  }
  atomicMax(&top_key, key_of(max(max(best.x, best.y), max(best.z, best.w))));
  workgroupBarrier();
  let peak = value_of(atomicLoad(&top_key));
  let rate = select(1.0 / params.temperature, 1.0, params.temperature == 0.0);
  var high = vec4u(0u);
  var low = vec4u(0u);
  for (var i = lane; i < quads(); i += LANES) {
    let w = vec4u(weights(i, peak, rate) * 67108864.0);
    high += w >> vec4u(13u);
    low += w & vec4u(8191u);
  }
  atomicAdd(&sum_high, dot(high, vec4u(1u)));
  atomicAdd(&sum_low, dot(low, vec4u(1u)));
  workgroupBarrier();
  let sum = f32(atomicLoad(&sum_high)) / 8192.0 + f32(atomicLoad(&sum_low)) / 67108864.0;
  return Odds(peak, rate, 2147483648.0 / sum);
}

// The least mass inside the border of top-k, or of top-p among masses of at least `least`: found byte by byte, counting
// tokens or their mass by the next byte, heaviest first.
fn border(odds: Odds, least: u32, by_mass: bool, lane: u32) -> u32 {
  var prefix = 0u;
  var rank = params.top_k - 1u;
  for (var level = 0u; level < 4u; level++) {
    let shift = 24u - 8u * level;
    clear_bins(lane);
    var light = 0u; // what has byte 0, nearly everything, is counted without atomics
    for (var i = lane; i < quads(); i += LANES) {
      let m = masses(i, odds);
      for (var c = 0u; c < 4u; c++) {
        if (m[c] >= least && (level == 0u || m[c] >> (shift + 8u) == prefix)) {
          let byte = m[c] >> shift & 255u;
          let amount = select(1u, m[c], by_mass);
          if (byte == 0u) {
            light += amount;
          } else {
            atomicAdd(&bins[255u - byte], amount);
          }
        }
      }
    }
    atomicAdd(&bins[255], light);
    sum_bins(lane);
    if (by_mass && level == 0u) {
      let all = total();
      rank = max(1u, all - portion24(all, 16777216u - u32(params.top_p * 16777216.0))) - 1u;
    }
    let hit = locate(rank, lane);
    prefix = prefix << 8u | (255u - hit.x);
    rank = hit.y;
  }
  return prefix;
}

// The first token at which the kept mass summed by ascending id exceeds a random part of all of it, found by narrowing.
fn draw(odds: Odds, least: u32, lane: u32) -> u32 {
  let random = select(draw24(params.seed, state.position + state.count), 0u, params.temperature == 0.0);
  var begin = 0u;
  var size = quads();
  var rank = 0u;
  var whole = true;
  while (size > 1u || whole) {
    let span = (size + 255u) / 256u;
    let end = min(begin + size, quads());
    for (var b = lane; b < 256u; b += LANES) {
      var sum = vec4u(0u);
      for (var i = begin + b * span; i < min(begin + (b + 1u) * span, end); i++) {
        let m = masses(i, odds);
        sum += select(vec4u(0u), m, m >= vec4u(least));
      }
      atomicStore(&bins[b], dot(sum, vec4u(1u)));
    }
    sum_bins(lane);
    if (whole) {
      rank = portion24(total(), random);
    }
    let hit = locate(rank, lane);
    begin += hit.x * span;
    rank = hit.y;
    size = span;
    whole = false;
  }
  let m = masses(begin, odds);
  let kept = select(vec4u(0u), m, m >= vec4u(least));
  var c = 0u;
  while (c < 3u && kept[c] <= rank) {
    rank -= kept[c];
    c++;
  }
  return 4u * begin + c;
}
