// As lib/tokens_subgroup, but eight lanes fetch the inputs of eight tokens: for subgroups of any size from 8. Shuffles,
// since lavapipe makes one instruction of a shuffle, and a loop over the lanes of a broadcast.

// Where this lane's first input stands: that of one of the first eight tokens.
fn x_place(token: u32) -> u32 {
  let lane = subgroupExclusiveAdd(1u);
  return (token + (lane & 7u)) * params.x_stride;
}

fn inputs_of_eight(i: u32, stride: u32) -> Eight {
  let x = x_at(i);
  return Eight(
    subgroupShuffle(x, 0u),
    subgroupShuffle(x, 1u),
    subgroupShuffle(x, 2u),
    subgroupShuffle(x, 3u),
    subgroupShuffle(x, 4u),
    subgroupShuffle(x, 5u),
    subgroupShuffle(x, 6u),
    subgroupShuffle(x, 7u),
  );
}
