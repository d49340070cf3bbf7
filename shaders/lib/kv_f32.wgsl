// The caches as plain f32.
@group(0) @binding(3) var<storage, read> k_cache: array<vec4f>; // [kv head][capacity][head dim / 4]
@group(0) @binding(4) var<storage, read> v_cache: array<vec4f>; // [kv head][capacity][head dim / 4]

fn key_at(i: u32) -> vec4f {
  return k_cache[i];
}

fn value_at(i: u32) -> vec4f {
  return v_cache[i];
}
