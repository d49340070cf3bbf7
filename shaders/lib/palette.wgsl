// Palettes: a weight is a level of a table in the scales buffer, two f16 a word, and needs no scale. A row's key says
// which table is its own. Defines Scales, row_keys, scaled and scaled_row. Expects load_scales (lib/tables_*).
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
