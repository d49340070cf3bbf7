// Tables of signed sums across eight lanes of a subgroup: of every three inputs lane i has the sum with the signs that
// bits 0 to 2 of i say, and a shuffle looks it up; for subgroups of any size from 8 whose lanes stay together.
// Defines what lib/table_workgroup defines. Expects words_of (lib/lut_*).

// Of inputs 3n..3n+2 the n-th of eleven; the last has two inputs.
struct Table {
  low: vec4i,
  middle: vec4i,
  high: vec3i,
}

fn lane_place(local: vec2u) -> vec2u {
  return vec2u(subgroupExclusiveAdd(1u) & 7u, 0u);
}

fn begin_tables() {}

fn end_tables() {}

fn make_table(at: u32, table: u32, lane: vec2u) -> Table {
  // Every lane widens four inputs and hands them round.
  let words = words_of(at, lane.x);
  let x = bytes_of_word(words.x) + (bytes_of_word(words.y) << vec4u(16u));
  // Of numbers a the sum of a ^ minus is Σ ±a, less one for each that is taken away.
  let minus = vec3i((vec3u(lane.x) >> vec3u(0u, 1u, 2u)) & vec3u(1u)) - 1;
  let two = minus.x + minus.y;
  let three = two + minus.z;
  return Table(
    vec4i(
      signed3(input(x, 0u), input(x, 1u), input(x, 2u), minus),
      signed3(input(x, 3u), input(x, 4u), input(x, 5u), minus),
      signed3(input(x, 6u), input(x, 7u), input(x, 8u), minus),
      signed3(input(x, 9u), input(x, 10u), input(x, 11u), minus),
    ) - three,
    vec4i(
      signed3(input(x, 12u), input(x, 13u), input(x, 14u), minus),
      signed3(input(x, 15u), input(x, 16u), input(x, 17u), minus),
      signed3(input(x, 18u), input(x, 19u), input(x, 20u), minus),
      signed3(input(x, 21u), input(x, 22u), input(x, 23u), minus),
    ) - three,
    vec3i(
      signed3(input(x, 24u), input(x, 25u), input(x, 26u), minus) - three,
      signed3(input(x, 27u), input(x, 28u), input(x, 29u), minus) - three,
      (input(x, 30u) ^ minus.x) + (input(x, 31u) ^ minus.y) - two,
    ),
  );
}

fn bytes_of_word(word: u32) -> vec4i {
  return bitcast<vec4i>(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
}

fn input(x: vec4i, i: u32) -> i32 {
  return subgroupShuffle(x[i & 3u], i >> 2u);
}

fn signed3(a: i32, b: i32, c: i32, minus: vec3i) -> i32 {
  return (a ^ minus.x) + (b ^ minus.y) + (c ^ minus.z);
}

// Σ ±x of 32 inputs by the bits of a plane of four rows.
fn signed_sums(w: vec4u, table: Table) -> vec4i {
  return look_up(w, table.low.x) + look_up(w >> vec4u(3u), table.low.y)
    + look_up(w >> vec4u(6u), table.low.z) + look_up(w >> vec4u(9u), table.low.w)
    + look_up(w >> vec4u(12u), table.middle.x) + look_up(w >> vec4u(15u), table.middle.y)
    + look_up(w >> vec4u(18u), table.middle.z) + look_up(w >> vec4u(21u), table.middle.w)
    + look_up(w >> vec4u(24u), table.high.x) + look_up(w >> vec4u(27u), table.high.y)
    + look_up(w >> vec4u(30u), table.high.z);
}

fn look_up(w: vec4u, sums: i32) -> vec4i {
  let lane = w & vec4u(7u);
  return vec4i(
    subgroupShuffle(sums, lane.x),
    subgroupShuffle(sums, lane.y),
    subgroupShuffle(sums, lane.z),
    subgroupShuffle(sums, lane.w),
  );
}
