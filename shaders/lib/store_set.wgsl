// Writes outputs.
@group(0) @binding(5) var<storage, read_write> y: array<f32>; // [token][y_stride]

fn store(token: u32, quad: u32, value: vec4f) {
  let row = quad * 4u;
  let at = token * params.y_stride + params.y_offset + row;
  for (var r = 0u; r < min(4u, params.rows - row); r++) {
    y[at + r] = value[r];
  }
}
