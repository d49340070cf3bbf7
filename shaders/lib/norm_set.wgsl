// Writes normed values.
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>; // [token][y_stride / 4]

fn put(i: u32, value: vec4f) {
  y[i] = value;
}
