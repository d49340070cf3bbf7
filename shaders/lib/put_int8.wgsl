// Four codes to a word.
@group(0) @binding(3) var<storage, read_write> k_cache: array<u32>; // [kv head][capacity][head dim / 4], i8 x 4
@group(0) @binding(4) var<storage, read_write> v_cache: array<u32>; // [kv head][capacity][head dim / 4], i8 x 4

fn put_codes(row: u32, lane: u32, key: vec4i, value: vec4i) {
  k_cache[row * QUADS + lane] = bytes(key);
  v_cache[row * QUADS + lane] = bytes(value);
}

fn bytes(codes: vec4i) -> u32 {
  let b = vec4u(codes) & vec4u(255u);
  return b.x | (b.y << 8u) | (b.z << 16u) | (b.w << 24u);
}
