// The caches as signed codes with f16 scales, one for 32 channels of a key and one for a value. Hooks:
// SCALE_WORDS, key_codes, value_codes.
@group(0) @binding(6) var<storage, read> kv_scales: array<u32>; // [kv head][capacity][SCALE_WORDS], f16 x 2

const KEY_SCALES = (HEAD_DIM + 31u) / 32u;

fn key_at(i: u32) -> vec4f {
  return key_codes(i) * scale_at(i / QUADS, (i % QUADS) / 8u);
}

fn value_at(i: u32) -> vec4f {
  return value_codes(i) * scale_at(i / QUADS, KEY_SCALES);
}

fn scale_at(row: u32, n: u32) -> f32 {
  let both = unpack2x16float(kv_scales[row * SCALE_WORDS + n / 2u]);
  return select(both.x, both.y, n % 2u == 1u);
}
