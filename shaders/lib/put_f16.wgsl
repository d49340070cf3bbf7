// Keys and values as f16. Expects lib/half.
@group(0) @binding(3) var<storage, read_write> k_cache: array<vec2u>; // [kv head][capacity][head dim / 4], f16 x 4
@group(0) @binding(4) var<storage, read_write> v_cache: array<vec2u>; // [kv head][capacity][head dim / 4], f16 x 4

fn put(row: u32, lane: u32, key: vec4f, value: vec4f) {
  k_cache[row * QUADS + lane] = halves(key);
  v_cache[row * QUADS + lane] = halves(value);
}

fn halves(numbers: vec4f) -> vec2u {
  let x = clamp(numbers, vec4f(-65504.0), vec4f(65504.0));
  return vec2u(half_bits(x.x) | (half_bits(x.y) << 16u), half_bits(x.z) | (half_bits(x.w) << 16u));
}
