// Palettes: a weight is a level of a table in the scales buffer, two f16 a word, and needs no scale. A row's key is
// its table's first word. Defines Scales, row_keys, scaled, scaled_row and level. Expects scales, load_scales.
struct Scales {
  key: vec4u,
}

fn row_keys(scales: Scales) -> vec4u {
  return scales.key;
}

fn scaled(scales: Scales, sum: vec4f, x_sums: vec4f) -> vec4f {
  return sum;
}

fn scaled_row(scales: Scales, row: u32, codes: vec4f) -> vec4f {
  return codes;
}

fn level(key: u32, code: u32) -> f32 {
  // The wanted half goes down, as unpacking the lower is all it takes.
  return unpack2x16float(scales[key + (code >> 1u)] >> ((code & 1u) * 16u)).x;
}
