// Eight codes to a word; the last one of a row may be half empty.
@group(0) @binding(3) var<storage, read> k_cache: array<u32>; // [kv head][capacity][ROW_WORDS], i4 x 8
@group(0) @binding(4) var<storage, read> v_cache: array<u32>; // [kv head][capacity][ROW_WORDS], i4 x 8

const ROW_WORDS = (QUADS + 1u) / 2u;

fn key_codes(i: u32) -> vec4f {
  return signed(k_cache[word_of(i)], i);
}

fn value_codes(i: u32) -> vec4f {
  return signed(v_cache[word_of(i)], i);
}

fn word_of(i: u32) -> u32 {
  return (i / QUADS) * ROW_WORDS + (i % QUADS) / 2u;
}

fn signed(word: u32, i: u32) -> vec4f {
  let half = word >> (16u * ((i % QUADS) % 2u));
  return vec4f(vec4i(vec4u(half) << vec4u(28u, 24u, 20u, 16u)) >> vec4u(28u));
}
