// What a group's numbers are is the affair of `values`, which gets a word of them, or their place, as a row's key.
// Defines Scales, row_keys, scaled and scaled_row. Expects load_scales (lib/keys_*).
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
