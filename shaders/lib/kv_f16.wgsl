// The caches as f16.
@group(0) @binding(3) var<storage, read> k_cache: array<vec2u>; // [kv head][capacity][head dim / 4], f16 x 4
@group(0) @binding(4) var<storage, read> v_cache: array<vec2u>; // [kv head][capacity][head dim / 4], f16 x 4

fn key_at(i: u32) -> vec4f {
  return widened(k_cache[i]);
}

fn value_at(i: u32) -> vec4f {
  return widened(v_cache[i]);
}

fn widened(words: vec2u) -> vec4f {
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
}
