// Four codes to a word.
@group(0) @binding(3) var<storage, read> k_cache: array<u32>; // [kv head][capacity][head dim / 4], i8 x 4
@group(0) @binding(4) var<storage, read> v_cache: array<u32>; // [kv head][capacity][head dim / 4], i8 x 4

fn key_codes(i: u32) -> vec4f {
  return signed(k_cache[i]);
}

fn value_codes(i: u32) -> vec4f {
  return signed(v_cache[i]);
}

fn signed(word: u32) -> vec4f {
  return vec4f(vec4i(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u));
}
