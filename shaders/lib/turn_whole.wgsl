// Every pair of a head is turned, i with i + half.
@group(0) @binding(2) var<storage, read> table: array<vec2f>; // [position][half] cos, sin

fn pair_places(i: u32, half: u32) -> vec2u {
  return vec2u(i, i + half);
}

fn turn_of(position: u32, i: u32, half: u32) -> vec2f {
  return table[position * half + i];
}
