// Adds outputs and a bias to what stands there: the residual stream.
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>; // [token][y_stride]
@group(0) @binding(8) var<storage, read> bias: array<vec4f>; // [y_stride], as an output row

fn store(token: u32, quad: u32, value: vec4f) {
  y[token * params.y_stride + params.y_offset + quad] += value + bias[params.y_offset + quad];
}
