// Lanes pass weights and sums on by way of the workgroup's memory. Hooks: ROWS, LANES, PAIRS, tile, put, take.
const ROUND = TILE; // fours whose weights are passed on at once

fn meet() {
  workgroupBarrier();
}

// Of the four that lies at the lane's own place in the round.
fn own_weights(i: u32) -> mat4x4f {
  return mat4x4f();
}

// Those at `place` in the round that begins with `start`, if wanted.
fn passed_weights(own: mat4x4f, start: u32, place: u32, wanted: bool) -> mat4x4f {
  if (wanted) {
    return take(start + place);
  }
  return mat4x4f();
}

// Every stripe's sums, [quad][row].
fn gather(near: mat4x4f, far: mat4x4f, lane: u32) {
  put(2u * lane, near);
  put(2u * lane + 1u, far);
  workgroupBarrier();
}

fn gathered(row: u32, quad: u32) -> vec4f {
  var sum = vec4f(0.0);
  for (var s = 0u; s < LANES / PAIRS; s++) {
    sum += tile[(2u * (s * PAIRS + quad % PAIRS) + quad / PAIRS) * ROWS + row];
  }
  return sum;
}
