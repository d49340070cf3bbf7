// How scale s and zero point z of four rows enter: a weight is s (u - z), a sum of them times inputs s (Σ u x - z Σ x).
// Defines Scales, scaled and scaled_row. Expects load_scales (lib/scale_sym, lib/scale_asym).
struct Scales {
  scale: vec4f,
  zero: vec4u,
}

fn scaled(scales: Scales, sum: vec4f, x_sum: vec4f) -> vec4f {
  return scales.scale * (sum - vec4f(vec4i(scales.zero)) * dot(x_sum, vec4f(1.0)));
}

fn scaled_row(scales: Scales, row: u32, codes: vec4f) -> vec4f {
  let s = scales.scale[row];
  return codes * s - s * f32(i32(scales.zero[row]));
}
