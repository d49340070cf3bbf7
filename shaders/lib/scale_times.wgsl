// A weight is a scale times what `values` gives. Defines Scales, scales_times, row_keys, scaled and scaled_row.
// Expects load_scales (lib/scale_f16, lib/scale_double ...).
struct Scales {
  scale: vec4f,
  key: vec4u,
  zero: vec4u, // level of 0, for lib/dot_scaled
}

fn scales_times(scale: vec4f, key: vec4u) -> Scales {
  return Scales(scale, key, vec4u());
}

fn row_keys(scales: Scales) -> vec4u {
  return scales.key;
}

fn scaled(scales: Scales, sum: vec4f, x_sums: vec4f) -> vec4f {
  return scales.scale * sum;
}

fn scaled_row(scales: Scales, row: u32, codes: vec4f) -> vec4f {
  return codes * scales.scale[row];
}
