// A token sees WINDOW positions, itself among them.
override WINDOW: u32 = 1u;

fn sees(places: vec4u, last: u32) -> vec4<bool> {
  return (places <= vec4u(last)) & (places >= vec4u(seen_from(last)));
}

fn seen_from(last: u32) -> u32 {
  return last + 1u - min(last + 1u, WINDOW);
}
