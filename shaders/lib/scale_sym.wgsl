// One f16 scale a group, zero point in the middle of the codes. Defines Scales, load_scales, scaled (Σ s (u - z) x from Σ u x
// and Σ x) and scaled_rows (s (u - z)). Expects the constant ZERO.
@group(0) @binding(2) var<storage, read> scales: array<vec2u>; // [group][quad], f16 of rows 0, 1 and 2, 3

struct Scales {
  scale: vec4f,
  zero: vec4u,
}

fn load_scales(span: u32, quad: u32) -> Scales {
  let words = scales[(span >> params.group_shift) * params.quads + quad];
  return Scales(vec4f(unpack2x16float(words.x), unpack2x16float(words.y)), vec4u(ZERO));
}

fn scaled(scales: Scales, sum: vec4f, x_sum: vec4f) -> vec4f {
  return scales.scale * (sum - f32(ZERO) * dot(x_sum, vec4f(1.0)));
}

fn scaled_rows(scales: Scales, w: mat4x4f) -> mat4x4f {
  let s = scales.scale;
  let offset = s * -f32(ZERO);
  return mat4x4f(w[0] * s.x + offset.x, w[1] * s.y + offset.y, w[2] * s.z + offset.z, w[3] * s.w + offset.w);
}
