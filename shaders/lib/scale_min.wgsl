// One f16 scale and one f16 minimum a group: a weight is d u + m, a sum of products with inputs d Σ u x + m Σ x.
// Defines Scales, load_scales, row_keys, scaled and scaled_row.
@group(0) @binding(2) var<storage, read> scales: array<vec4u>; // [group][quad]: d of rows 0 1 | 2 3, m of rows 0 1 | 2 3

struct Scales {
  scale: vec4f,
  least: vec4f,
}

fn load_scales(span: u32, quad: u32) -> Scales {
  let words = scales[(span >> params.group_shift) * params.quads + quad];
  return Scales(
    vec4f(unpack2x16float(words.x), unpack2x16float(words.y)),
    vec4f(unpack2x16float(words.z), unpack2x16float(words.w)),
  );
}

fn row_keys(scales: Scales) -> vec4u {
  return vec4u();
}

fn scaled(scales: Scales, sum: vec4f, x_sums: vec4f) -> vec4f {
  return scales.scale * sum + scales.least * x_sums;
}

fn scaled_row(scales: Scales, row: u32, codes: vec4f) -> vec4f {
  return codes * scales.scale[row] + scales.least[row];
}
