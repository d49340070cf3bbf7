// The token with the highest logit after the repetition penalty, the lowest id on ties. One workgroup does it all.
// Hooks: logit_quad and those of lib/sampling.
override LANES: u32 = 256u;

var<workgroup> top_key: atomic<u32>;
var<workgroup> top_mark: atomic<u32>; // of the ids with that logit the lowest, as ~id, so that 0 means none yet

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  let quads = (params.vocab + 3u) / 4u;
  var best = vec4f(LOWEST);
  var place = vec4u(0u);
  for (var i = lane; i < quads; i += LANES) {
    let l = penalized(i);
    let better = l > best;
    best = select(best, l, better);
    place = select(place, vec4u(i), better);
  }
  let top = max(max(best.x, best.y), max(best.z, best.w));
  let ids = select(vec4u(0xffffffffu), 4u * place + FOUR, best == vec4f(top));
  let id = min(min(ids.x, ids.y), min(ids.z, ids.w));
  let key = key_of(top);
  atomicMax(&top_key, key);
  workgroupBarrier();
  if (atomicLoad(&top_key) == key) {
    atomicMax(&top_mark, ~id);
  }
  workgroupBarrier();
  if (lane == 0u) {
    choose(min(~atomicLoad(&top_mark), params.vocab - 1u));
  }
}
