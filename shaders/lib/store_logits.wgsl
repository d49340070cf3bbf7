// Writes outputs to the row of the token that is being sampled. Expects lib/state.
@group(0) @binding(5) var<storage, read_write> y: array<f32>; // [token][y_stride]
@group(0) @binding(6) var<storage, read> state: State;

fn store(token: u32, quad: u32, value: vec4f) {
  let row = quad * 4u;
  let at = (state.step + token) * params.y_stride + params.y_offset + row;
  for (var r = 0u; r < min(4u, params.rows - row); r++) {
    y[at + r] = value[r];
  }
}
