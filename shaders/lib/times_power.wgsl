// A plane counts its power of two in every row. Defines plane_times.
fn plane_times(keys: vec4u, plane: u32) -> vec4i {
  return vec4i(1i << plane);
}
