// Formats without scales. Defines Scales, load_scales, row_keys, scaled and scaled_row.
struct Scales {
  none: u32, // a struct must have a member
}

fn load_scales(span: u32, quad: u32) -> Scales {
  return Scales();
}

fn row_keys(scales: Scales) -> vec4u {
  return vec4u();
}

fn scaled(scales: Scales, sum: vec4f, x_sums: vec4f) -> vec4f {
  return sum;
}

fn scaled_row(scales: Scales, row: u32, codes: vec4f) -> vec4f {
  return codes;
}
