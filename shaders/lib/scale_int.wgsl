// How scale s and zero point z of four rows enter: a weight is s (u - z), a sum of products with inputs is
// s (Σ u x - z Σ x).
// Defines Scales, scales_of, row_keys (zero points), scaled and scaled_row. Expects load_scales (lib/scale_sym, lib/scale_asym).
struct Scales {
  scale: vec4f,
  zero: vec4u,
  offset: vec4f, // -s z
}

fn scales_of(scale: vec4f, zero: vec4u) -> Scales {
  return Scales(scale, zero, -scale * vec4f(vec4i(zero)));
}

fn row_keys(scales: Scales) -> vec4u {
  return scales.zero;
}

fn scaled(scales: Scales, sum: vec4f, x_sums: vec4f) -> vec4f {
  return scales.scale * (sum - vec4f(vec4i(scales.zero)) * x_sums);
}

fn scaled_row(scales: Scales, row: u32, codes: vec4f) -> vec4f {
  return codes * scales.scale[row] + scales.offset[row];
}
