// Lanes 0 to 3 of a subgroup fetch the inputs of four tokens with one load and hand them round: for subgroups of any
// size from 4, whose lanes stay together. Defines what lib/tokens_each defines.

// Where this lane's first input stands: that of one of the first four tokens.
fn x_place(token: u32) -> u32 {
  let lane = subgroupExclusiveAdd(1u);
  return (token + (lane & 3u)) * params.x_stride;
}

fn inputs_of_eight(i: u32, stride: u32) -> Eight {
  let low = x_at(i);
  let high = x_at(i + 4u * stride);
  return Eight(
    subgroupBroadcast(low, 0u),
    subgroupBroadcast(low, 1u),
    subgroupBroadcast(low, 2u),
    subgroupBroadcast(low, 3u),
    subgroupBroadcast(high, 0u),
    subgroupBroadcast(high, 1u),
    subgroupBroadcast(high, 2u),
    subgroupBroadcast(high, 3u),
  );
}
