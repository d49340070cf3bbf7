// Activations as a uniform, which some drivers load far faster than storage. Holds 16,384 values.
@group(0) @binding(1) var<uniform> x: array<vec4f, 4096>; // [token][x_stride / 4]

fn x_quad(i: u32) -> vec4f {
  return x[i];
}
