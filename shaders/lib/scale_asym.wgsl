// One f16 scale and one 8-bit zero point a group. Defines Scales, load_scales, scaled (Σ s (u - z) x from Σ u x and Σ x) and
// scaled_rows (s (u - z)).
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [group][quad][3]: f16 of rows 0, 1; of rows 2, 3; zero points

struct Scales {
  scale: vec4f,
  zero: vec4u,
}

fn load_scales(span: u32, quad: u32) -> Scales {
  let at = ((span >> params.group_shift) * params.quads + quad) * 3u;
  let scale = vec4f(unpack2x16float(scales[at]), unpack2x16float(scales[at + 1u]));
  return Scales(scale, (vec4u(scales[at + 2u]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u));
}

fn scaled(scales: Scales, sum: vec4f, x_sum: vec4f) -> vec4f {
  return scales.scale * (sum - vec4f(vec4i(scales.zero)) * dot(x_sum, vec4f(1.0)));
}

fn scaled_rows(scales: Scales, w: mat4x4f) -> mat4x4f {
  let s = scales.scale;
  let offset = s * -vec4f(vec4i(scales.zero));
  return mat4x4f(w[0] * s.x + offset.x, w[1] * s.y + offset.y, w[2] * s.z + offset.z, w[3] * s.w + offset.w);
}
