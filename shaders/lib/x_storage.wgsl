// Activations through a storage binding, of any size.
@group(0) @binding(4) var<storage, read> x: array<vec4f>; // [token][x_stride]

fn x_at(i: u32) -> vec4f {
  return x[i];
}
