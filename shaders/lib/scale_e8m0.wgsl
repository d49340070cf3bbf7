// A power of two a group, halved, as levels are doubled. Defines load_scales. Expects lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [group][quad], e8m0 of four rows

fn load_scales(span: u32, quad: u32) -> Scales {
  let word = scales[(span >> params.group_shift) * params.quads + quad];
  // An f32 without sign and mantissa; 0 stands for groups of zeros.
  let bits = vec4u(word << 23u, (word >> 8u) << 23u, (word >> 16u) << 23u, (word >> 24u) << 23u);
  return scales_times(bitcast<vec4f>(bits & vec4u(0x7f800000u)) * 0.5, vec4u());
}
