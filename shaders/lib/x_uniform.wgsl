// Activations through a uniform binding: every lane reads the same address, which GPUs fetch once. Holds
// 16384 values.
@group(0) @binding(4) var<uniform> x: array<vec4f, 4096>; // [token][x_stride]

fn x_at(i: u32) -> vec4f {
  return x[i];
}
