// Nothing is turned: positions are learned, or the layer does without.
fn pair_places(i: u32, half: u32) -> vec2u {
  return vec2u(i, i + half);
}

fn turn_of(position: u32, i: u32, half: u32) -> vec2f {
  return vec2f(1.0, 0.0);
}
