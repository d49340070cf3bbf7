// 2:4 by magnitude: of every four inputs the two largest, of equals the lower index. Defines Kept and kept4.
struct Kept {
  values: vec4u,
  places: u32, // a nibble for each four
}

// Bits of the kept values i ..+3 of a row of the source, of two fours; i is a multiple of 4.
fn kept4(row: u32, i: u32) -> Kept {
  let low = source4(row, i >> 1u);
  let high = source4(row, (i >> 1u) + 1u);
  let a = largest_two(low & vec4u(MAGNITUDE));
  let b = largest_two(high & vec4u(MAGNITUDE));
  return Kept(vec4u(at(low, a.x), at(low, a.y), at(high, b.x), at(high, b.y)),
    a.x | (a.y << 2u) | (b.x << 4u) | (b.y << 6u));
}

// Magnitudes compare as their bits do. Strictly larger ones win, so that equals fall to the lower index.
fn largest_two(m: vec4u) -> vec2u {
  var best = select(0u, 1u, m.y > m.x);
  best = select(best, 2u, m.z > max(m.x, m.y));
  best = select(best, 3u, m.w > max(max(m.x, m.y), m.z));
  // One more than each, and nothing for the best: the second is found the same way.
  let rest = select(m + vec4u(1u), vec4u(), vec4u(best) == vec4u(0u, 1u, 2u, 3u));
  var second = select(0u, 1u, rest.y > rest.x);
  second = select(second, 2u, rest.z > max(rest.x, rest.y));
  second = select(second, 3u, rest.w > max(max(rest.x, rest.y), rest.z));
  return vec2u(min(best, second), max(best, second));
}

fn at(values: vec4u, index: u32) -> u32 {
  return select(select(values.x, values.y, index == 1u), select(values.z, values.w, index == 3u), index > 1u);
}
