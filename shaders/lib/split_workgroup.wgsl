// SPLITS lanes share a row; the lanes of split 0 get the sum, in the order of the splits. Defines first_unit,
// in_reach and sum_splits. Expects LANES and SPLITS.
var<workgroup> partials: array<vec4f, LANES * SPLITS>;

fn sum_splits(sum: vec4f, lane: u32, split: u32) -> vec4f {
  partials[split * LANES + lane] = sum;
  workgroupBarrier();
  var total = vec4f();
  if (split == 0u) {
    for (var s = 0u; s < SPLITS; s++) {
      total += partials[s * LANES + lane];
    }
  }
  return total;
}

// The first unit of a lane.
fn first_unit(split: u32) -> u32 {
  return split;
}

// Whether a unit is one of the row's, for loops in which all splits take as many turns.
fn in_reach(unit: u32) -> bool {
  return unit < params.units;
}
