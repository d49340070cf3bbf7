// Activations from storage, for batches that no uniform holds.
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [token][x_stride / 4]

fn x_quad(i: u32) -> vec4f {
  return x[i];
}
