// Lanes of one subgroup pass weights and sums on in registers: each reads in the workgroup's memory what it put
// there itself, and nobody waits. LANES is a multiple of PAIRS, and dims come in pairs of quads, so that lanes
// of a stripe have the same sums to write. Hooks: ROWS, LANES, PAIRS, take.
override ROUND: u32 = LANES; // fours whose weights are passed on at once

fn meet() {}

// Of the four that lies at the lane's own place in the round.
fn own_weights(i: u32) -> mat4x4f {
  return take(i);
}

// Those at `place` in the round that begins with `start`, if wanted.
fn passed_weights(own: mat4x4f, start: u32, place: u32, wanted: bool) -> mat4x4f {
  return shuffled(own, place % LANES);
}

var<private> near_sums: mat4x4f;
var<private> far_sums: mat4x4f;

// Over the stripes, for the quads that the lane writes.
fn gather(near: mat4x4f, far: mat4x4f, lane: u32) {
  near_sums = near;
  far_sums = far;
  for (var s = PAIRS; s < LANES; s += PAIRS) {
    near_sums += shuffled(near, (lane + s) % LANES);
    far_sums += shuffled(far, (lane + s) % LANES);
  }
}

fn gathered(row: u32, quad: u32) -> vec4f {
  return select(far_sums[row], near_sums[row], quad < PAIRS);
}

fn shuffled(m: mat4x4f, lane: u32) -> mat4x4f {
  var next = mat4x4f();
  next[0] = subgroupShuffle(m[0], lane);
  if (ROWS > 1u) { next[1] = subgroupShuffle(m[1], lane); }
  if (ROWS > 2u) { next[2] = subgroupShuffle(m[2], lane); }
  if (ROWS > 3u) { next[3] = subgroupShuffle(m[3], lane); }
  return next;
}
