// From a span's integer sum to its float: s_w s_x (Σ u q - z Σ q). Defines scaled_dot.
// Expects BIAS, Scales (lib/scale_int), x_scale and x_sum (lib/xq_*).

fn scaled_dot(dots: vec4i, scales: Scales, at: u32) -> vec4f {
  let centred = vec4f(dots - (vec4i(scales.zero) - vec4i(BIAS)) * x_sum(at));
  let product = centred * (scales.scale * x_scale(at));
  // The caller's addition must not fuse with this multiplication, or sums would differ between devices.
  return bitcast<vec4f>(bitcast<vec4u>(product) ^ vec4u(params.zero));
}
