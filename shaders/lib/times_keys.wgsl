// The whole numbers that a plane of four rows counts: bytes of their keys. Defines plane_times.
fn plane_times(keys: vec4u, plane: u32) -> vec4i {
  return vec4i((keys >> vec4u(8u * plane)) & vec4u(255u));
}
