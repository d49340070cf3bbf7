// Codes as bytes, four to a word in their natural order, for the packed dot product.
@group(0) @binding(2) var<storage, read_write> xq: array<vec4u>; // [token][span][2]
@group(0) @binding(3) var<storage, read_write> xs: array<vec2u>; // [token][span], bits: scale f32, sum i32

fn put_span(token: u32, span: u32, low: mat4x4f, high: mat4x4f, scale: f32) {
  let i = token * params.spans + span;
  xq[2u * i] = vec4u(bytes(low[0]), bytes(low[1]), bytes(low[2]), bytes(low[3]));
  xq[2u * i + 1u] = vec4u(bytes(high[0]), bytes(high[1]), bytes(high[2]), bytes(high[3]));
  let sum = vec4f(1.0) * low + vec4f(1.0) * high;
  xs[i] = vec2u(bitcast<u32>(scale), bitcast<u32>(i32(dot(sum, vec4f(1.0)))));
}

fn bytes(q: vec4f) -> u32 {
  let b = bitcast<vec4u>(vec4i(q)) & vec4u(255u);
  return b.x | (b.y << 8u) | (b.z << 16u) | (b.w << 24u);
}
