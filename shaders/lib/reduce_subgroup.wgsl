// Reductions over the workgroup by subgroups of any size from 4 on, each of neighbouring lanes: the first
// lane of a subgroup leaves its result at its own place, and the other places count for nothing. One
// barrier a call: calls take turns on two sides of the memory. The order depends on LANES and the device
// alone. Hooks: LANES; called by all lanes together.
const REDUCE_LOWEST = -3.4028234e38;

var<workgroup> reduce_parts: array<f32, 2u * ((LANES + 3u) / 4u)>;
var<workgroup> reduce_parts4: array<vec4f, 2u * ((LANES + 3u) / 4u)>;
var<private> reduce_side: u32 = 0u;

fn reduce_sum(value: f32, lane: u32) -> f32 {
  let places = (LANES + 3u) / 4u;
  let part = subgroupAdd(value);
  let first = subgroupMin(lane);
  reduce_side = places - reduce_side;
  if (lane % 4u == 0u) {
    reduce_parts[reduce_side + lane / 4u] = select(0.0, part, lane == first);
  }
  workgroupBarrier();
  var sum = 0.0;
  for (var i = 0u; i < places; i++) {
    sum += reduce_parts[reduce_side + i];
  }
  return sum;
}

fn reduce_sum4(value: vec4f, lane: u32) -> vec4f {
  let places = (LANES + 3u) / 4u;
  let part = subgroupAdd(value);
  let first = subgroupMin(lane);
  reduce_side = places - reduce_side;
  if (lane % 4u == 0u) {
    reduce_parts4[reduce_side + lane / 4u] = select(vec4f(0.0), part, lane == first);
  }
  workgroupBarrier();
  var sum = vec4f(0.0);
  for (var i = 0u; i < places; i++) {
    sum += reduce_parts4[reduce_side + i];
  }
  return sum;
}

fn reduce_max4(value: vec4f, lane: u32) -> vec4f {
  let places = (LANES + 3u) / 4u;
  let part = subgroupMax(value);
  let first = subgroupMin(lane);
  reduce_side = places - reduce_side;
  if (lane % 4u == 0u) {
    reduce_parts4[reduce_side + lane / 4u] = select(vec4f(REDUCE_LOWEST), part, lane == first);
  }
  workgroupBarrier();
  var highest = vec4f(REDUCE_LOWEST);
  for (var i = 0u; i < places; i++) {
    highest = max(highest, reduce_parts4[reduce_side + i]);
  }
  return highest;
}
