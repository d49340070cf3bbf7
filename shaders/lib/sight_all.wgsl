// A token sees itself and everything before it.
fn sees(places: vec4u, last: u32) -> vec4<bool> {
  return places <= vec4u(last);
}

fn seen_from(last: u32) -> u32 {
  return 0u;
}
