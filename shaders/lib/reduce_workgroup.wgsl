// Reductions over the workgroup without subgroups: eight lanes reduce a stripe each, then every lane
// reduces those eight. Two barriers a call, none needed between calls. The order depends on LANES alone.
// Hooks: LANES; called by all lanes together.
const REDUCE_STRIPES = 8u;
const REDUCE_LOWEST = -3.4028234e38;

var<workgroup> reduce_lanes: array<vec4f, LANES>;
var<workgroup> reduce_stripes: array<vec4f, REDUCE_STRIPES>;
var<workgroup> reduce_lanes_1: array<f32, LANES>;
var<workgroup> reduce_stripes_1: array<f32, REDUCE_STRIPES>;

fn reduce_sum(value: f32, lane: u32) -> f32 {
  reduce_lanes_1[lane] = value;
  workgroupBarrier();
  if (lane < REDUCE_STRIPES) {
    var stripe = 0.0;
    for (var i = lane; i < LANES; i += REDUCE_STRIPES) {
      stripe += reduce_lanes_1[i];
    }
    reduce_stripes_1[lane] = stripe;
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < min(LANES, REDUCE_STRIPES); i++) {
    sum += reduce_stripes_1[i];
  }
  return sum;
}

fn reduce_sum4(value: vec4f, lane: u32) -> vec4f {
  reduce_lanes[lane] = value;
  workgroupBarrier();
  if (lane < REDUCE_STRIPES) {
    var stripe = vec4f(0.0);
    for (var i = lane; i < LANES; i += REDUCE_STRIPES) {
      stripe += reduce_lanes[i];
    }
    reduce_stripes[lane] = stripe;
  }
  workgroupBarrier();
  var sum = vec4f(0.0);
  for (var i = 0u; i < min(LANES, REDUCE_STRIPES); i++) {
    sum += reduce_stripes[i];
  }
  return sum;
}

fn reduce_max4(value: vec4f, lane: u32) -> vec4f {
  reduce_lanes[lane] = value;
  workgroupBarrier();
  if (lane < REDUCE_STRIPES) {
    var stripe = vec4f(REDUCE_LOWEST);
    for (var i = lane; i < LANES; i += REDUCE_STRIPES) {
      stripe = max(stripe, reduce_lanes[i]);
    }
    reduce_stripes[lane] = stripe;
  }
  workgroupBarrier();
  var highest = vec4f(REDUCE_LOWEST);
  for (var i = 0u; i < min(LANES, REDUCE_STRIPES); i++) {
    highest = max(highest, reduce_stripes[i]);
  }
  return highest;
}
