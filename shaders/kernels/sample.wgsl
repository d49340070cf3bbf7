// The next token: the likeliest at temperature 0, else drawn after repetition penalty, temperature, top-k,
// top-p and min-p, in this order. Probabilities count as whole masses of 2^-31, equal masses stay or go
// together, and whole sums make the draw the same for any number of lanes. One workgroup does it all.
// Hooks: lib/sampling, lib/argmax, lib/random, lib/bins.
override LANES: u32 = 256u;

struct Odds {
  peak: f32,
  rate: f32,  // 1 / temperature
  scale: f32, // 2^31 / sum of exp((l - peak) * rate)
}

var<workgroup> sum_high: atomic<u32>;
var<workgroup> sum_low: atomic<u32>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var id = 0u;
  let top = argmax(lane);
  if (params.temperature == 0.0) {
    id = top.id;
  } else {
    id = draw(odds_of(top.value, lane), lane);
  }
  if (lane == 0u) {
    choose(id);
  }
}

// The least mass that stays.
fn least_mass(odds: Odds, lane: u32) -> u32 {
  var least = 1u;
  if (params.top_k > 0u && params.top_k < params.vocab) {
    least = max(least, border(odds, least, false, lane));
  }
  if (params.top_p < 1.0) {
    least = max(least, border(odds, least, true, lane));
  }
  return max(least, portion24_up(u32(odds.scale), share24(params.min_p)));
}

// exp((l - peak) / temperature) of four tokens, 0 beyond the vocabulary.
fn weights(i: u32, peak: f32, rate: f32) -> vec4f {
  let valid = 4u * i + FOUR < vec4u(params.vocab);
  return select(vec4f(0.0), exp((penalized(i) - peak) * rate), valid);
}

fn masses(i: u32, odds: Odds) -> vec4u {
  return vec4u(weights(i, odds.peak, odds.rate) * odds.scale);
}

fn odds_of(peak: f32, lane: u32) -> Odds {
  let rate = 1.0 / params.temperature;
  var high = vec4u(0u);
  var low = vec4u(0u);
  for (var i = lane; i < quads(); i += LANES) {
    let w = vec4u(weights(i, peak, rate) * 67108864.0 + 0.5);
    high += w >> vec4u(13u);
    low += w & vec4u(8191u);
  }
  atomicAdd(&sum_high, dot(high, vec4u(1u)));
  atomicAdd(&sum_low, dot(low, vec4u(1u)));
  workgroupBarrier();
  let sum = f32(atomicLoad(&sum_high)) / 8192.0 + f32(atomicLoad(&sum_low)) / 67108864.0;
  return Odds(peak, rate, 2147483648.0 / sum);
}

// The least mass inside the border of top-k, or of top-p among masses of at least `least`: found byte by
// byte, counting tokens or their mass by the next byte, heaviest first.
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
        if (m[c] >= least && (level == 0u || (m[c] >> (shift + 8u)) == prefix)) {
          let byte = (m[c] >> shift) & 255u;
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
      rank = max(1u, portion24_up(total(), share24(params.top_p))) - 1u;
    }
    let hit = locate(rank, lane);
    prefix = (prefix << 8u) | (255u - hit.x);
    rank = hit.y;
  }
  return prefix;
}

// The first token at which the kept mass, summed by ascending id, exceeds a random part of all of it: found
// by narrowing to one of 256 parts again and again.
fn draw(odds: Odds, lane: u32) -> u32 {
  let least = least_mass(odds, lane);
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
      rank = portion24(total(), draw24(params.seed, state.position + state.count));
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
