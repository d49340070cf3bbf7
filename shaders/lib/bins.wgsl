// 256 counters and the search for the one in which a rank falls. Hooks: LANES; called by all lanes together.
var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> groups: array<u32, 16>; // sums of 16 bins
var<workgroup> found: vec2u;

fn clear_bins(lane: u32) {
  for (var b = lane; b < 256u; b += LANES) {
    atomicStore(&bins[b], 0u);
  }
  workgroupBarrier();
}

// After the bins are filled, before total and locate.
fn sum_bins(lane: u32) {
  workgroupBarrier();
  for (var g = lane; g < 16u; g += LANES) {
    var sum = 0u;
    for (var b = 16u * g; b < 16u * g + 16u; b++) {
      sum += atomicLoad(&bins[b]);
    }
    groups[g] = sum;
  }
  workgroupBarrier();
}

fn total() -> u32 {
  var sum = 0u;
  for (var g = 0u; g < 16u; g++) {
    sum += groups[g];
  }
  return sum;
}

// The first bin with more than `rank` in it and all before it, and how much of the rank is left there.
fn locate(rank: u32, lane: u32) -> vec2u {
  if (lane == 0u) {
    var rest = rank;
    var g = 0u;
    while (g < 15u && groups[g] <= rest) {
      rest -= groups[g];
      g++;
    }
    var b = 16u * g;
    while (b < 16u * g + 15u && atomicLoad(&bins[b]) <= rest) {
      rest -= atomicLoad(&bins[b]);
      b++;
    }
    found = vec2u(b, rest);
  }
  return workgroupUniformLoad(&found);
}
