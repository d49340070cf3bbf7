// Eight codes to a word, so two lanes to a word; the last one of a row may be half empty.
@group(0) @binding(3) var<storage, read_write> k_cache: array<u32>; // [kv head][capacity][ROW_WORDS], i4 x 8
@group(0) @binding(4) var<storage, read_write> v_cache: array<u32>; // [kv head][capacity][ROW_WORDS], i4 x 8

const ROW_WORDS = (QUADS + 1u) / 2u;

var<workgroup> nibbles: array<vec2u, 2u * ROW_WORDS>; // of a lane's four channels, key and value

fn put_codes(row: u32, lane: u32, key: vec4i, value: vec4i) {
  nibbles[lane] = vec2u(packed(key), packed(value));
  workgroupBarrier();
  if (lane < ROW_WORDS) {
    let words = nibbles[2u * lane] | (nibbles[2u * lane + 1u] << vec2u(16u));
    k_cache[row * ROW_WORDS + lane] = words.x;
    v_cache[row * ROW_WORDS + lane] = words.y;
  }
}

fn packed(codes: vec4i) -> u32 {
  let c = vec4u(codes) & vec4u(15u);
  return c.x | (c.y << 4u) | (c.z << 8u) | (c.w << 12u);
}
