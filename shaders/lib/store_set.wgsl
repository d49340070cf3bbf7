// Writes outputs.
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>; // [token][y_stride]

fn store(token: u32, quad: u32, value: vec4f) {
  y[token * params.y_stride + params.y_offset + quad] = value;
}
