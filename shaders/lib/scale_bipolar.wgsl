// How the scale s of four rows enters where every bit of a code u means -1 or 1: a weight is s (2u - TOP), so
// that codes are summed as they stand.
// Defines Scales, scales_times, row_keys, scaled and scaled_row. Expects load_scales (lib/scale_f16) and TOP.
struct Scales {
  scale: vec4f,
  zero: vec4u, // level of 0, for lib/dot_scaled
}

fn scales_times(scale: vec4f, key: vec4u) -> Scales {
  return Scales(scale, vec4u());
}

fn row_keys(scales: Scales) -> vec4u {
  return vec4u();
}

fn scaled(scales: Scales, sum: vec4f, x_sums: vec4f) -> vec4f {
  return scales.scale * (2.0 * sum - f32(TOP) * x_sums);
}

fn scaled_row(scales: Scales, row: u32, codes: vec4f) -> vec4f {
  return (2.0 * codes - f32(TOP)) * scales.scale[row];
}
