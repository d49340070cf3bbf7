// Writes outputs to the row of the token that is being sampled. Expects lib/state.
@group(0) @binding(5) var<storage, read_write> y: array<vec4f>; // [token][y_stride]
@group(0) @binding(6) var<storage, read> state: State;

fn store(token: u32, quad: u32, value: vec4f) {
  y[(state.step + token) * params.y_stride + params.y_offset + quad] = value;
}
