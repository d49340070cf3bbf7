// One lane sums a whole row.
fn sum_splits(sum: vec4f, lane: u32, split: u32) -> vec4f {
  return sum;
}
