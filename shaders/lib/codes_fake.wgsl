// What the codes stand for, as floats: for formats without integer kernels.
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>; // [token][y_stride / 4]

fn put_span(token: u32, span: u32, low: mat4x4f, high: mat4x4f, scale: f32) {
  let to = token * (params.y_stride / 4u) + span * 8u;
  put_half(to, low * scale);
  put_half(to + 4u, high * scale);
}

fn put_half(to: u32, m: mat4x4f) {
  y[to] = m[0];
  y[to + 1u] = m[1];
  y[to + 2u] = m[2];
  y[to + 3u] = m[3];
}
