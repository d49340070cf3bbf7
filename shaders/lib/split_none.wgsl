// One lane sums a whole row. Defines first_unit and sum_splits.
fn sum_splits(sum: vec4f, lane: u32, split: u32) -> vec4f {
  return sum;
}

// The first unit of a lane.
fn first_unit(split: u32) -> u32 {
  return 0u;
}
