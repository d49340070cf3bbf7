// A level of a table that lanes of a subgroup hold between them, two levels each: where a register is as wide as the
// subgroup, a CPU permutes its lanes with one instruction, and looks a table up in memory lane by lane.
// Defines book and begin_values. Expects LEVELS (formats/*), subgroups of 8 lanes that stay together.
var<private> lower: f32;
var<private> upper: f32;

fn begin_values(quad: u32, split: u32, splits: u32) {
  let lane = subgroupExclusiveAdd(1u);
  lower = LEVELS[lane & 7u];
  upper = LEVELS[8u + (lane & 7u)];
}

fn book(code: u32) -> f32 {
  return select(subgroupShuffle(lower, code & 7u), subgroupShuffle(upper, code & 7u), code > 7u);
}
