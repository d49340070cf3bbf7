// The highest logit and its token, the lowest id on ties. Hooks: LANES, lib/sampling; called by all lanes
// together.
struct Top {
  value: f32,
  id: u32,
}

var<workgroup> top_key: atomic<u32>;
var<workgroup> top_mark: atomic<u32>; // ~id of the lowest id with that logit: 0 means none yet

fn argmax(lane: u32) -> Top {
  var best = vec4f(LOWEST);
  var place = vec4u(0u);
  for (var i = lane; i < quads(); i += LANES) {
    let l = penalized(i);
    let better = l > best;
    best = select(best, l, better);
    place = select(place, vec4u(i), better);
  }
  let top = max(max(best.x, best.y), max(best.z, best.w));
  let ids = select(vec4u(0xffffffffu), 4u * place + FOUR, best == vec4f(top));
  let key = key_of(top);
  atomicMax(&top_key, key);
  workgroupBarrier();
  if (atomicLoad(&top_key) == key) {
    atomicMax(&top_mark, ~min(min(ids.x, ids.y), min(ids.z, ids.w)));
  }
  workgroupBarrier();
  return Top(value_of(atomicLoad(&top_key)), min(~atomicLoad(&top_mark), params.vocab - 1u));
}

// Unsigned keys in the order of the numbers, -0 and 0 as one.
fn key_of(value: f32) -> u32 {
  let bits = bitcast<u32>(select(value, 0.0, value == 0.0));
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}

fn value_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, (key >> 31u) == 1u));
}
