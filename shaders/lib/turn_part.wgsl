// The first TURNED pairs are turned, i with i + TURNED; the values behind them stay, in pairs of their own.
@group(0) @binding(2) var<storage, read> table: array<vec2f>; // [position][TURNED] cos, sin

override TURNED: u32 = 8u;

fn pair_places(i: u32, half: u32) -> vec2u {
  return select(vec2u(i + TURNED, i + half), vec2u(i, i + TURNED), i < TURNED);
}

fn turn_of(position: u32, i: u32, half: u32) -> vec2f {
  return select(vec2f(1.0, 0.0), table[position * TURNED + min(i, TURNED - 1u)], i < TURNED);
}
