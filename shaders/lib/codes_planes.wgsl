// Codes as bit planes in two's complement: word b of a span holds bit b of its 32 codes, code e at bit e.
@group(0) @binding(2) var<storage, read_write> xq: array<u32>;   // [token][span][BITS]
@group(0) @binding(3) var<storage, read_write> xs: array<vec2u>; // [token][span], bits: scale f32, sum i32

fn put_span(token: u32, span: u32, low: mat4x4f, high: mat4x4f, scale: f32) {
  let i = token * params.spans + span;
  for (var b = 0u; b < BITS; b++) {
    xq[i * BITS + b] = plane(low, b) | (plane(high, b) << 16u);
  }
  let sum = vec4f(1.0) * low + vec4f(1.0) * high;
  xs[i] = vec2u(bitcast<u32>(scale), bitcast<u32>(i32(dot(sum, vec4f(1.0)))));
}

fn plane(m: mat4x4f, b: u32) -> u32 {
  return bits_of(m[0], b) | (bits_of(m[1], b) << 4u) | (bits_of(m[2], b) << 8u) | (bits_of(m[3], b) << 12u);
}

fn bits_of(q: vec4f, b: u32) -> u32 {
  return dot((bitcast<vec4u>(vec4i(q)) >> vec4u(b)) & vec4u(1u), vec4u(1u, 2u, 4u, 8u));
}
