// Keys and values as signed codes of BITS bits: the number of largest magnitude, the first of equals, becomes
// -LIMIT. A key has a scale for 32 channels, a value one for all. Hooks: BITS, SCALE_WORDS, put_codes,
// lib/half, lib/reciprocal.
@group(0) @binding(5) var<storage, read_write> kv_scales: array<u32>; // [kv head][capacity][SCALE_WORDS], f16 x 2

const LIMIT = f32(1u << (BITS - 1u));
const KEY_SCALES = (HEAD_DIM + 31u) / 32u;

var<workgroup> peaks: array<vec2f, QUADS>; // of a lane's four channels, key and value
var<workgroup> scales: array<u32, 2u * SCALE_WORDS>;

fn put(row: u32, lane: u32, key: vec4f, value: vec4f) {
  peaks[lane] = vec2f(peak(key), peak(value));
  workgroupBarrier();
  let block = lane / 8u;
  var most = vec2f();
  for (var i = 8u * block; i < min(8u * block + 8u, QUADS); i++) {
    most.x = further(most.x, peaks[i].x);
  }
  for (var i = 0u; i < QUADS; i++) {
    most.y = further(most.y, peaks[i].y);
  }
  let scale = vec2u(scale_bits(most.x), scale_bits(most.y));
  if (lane == 8u * block) {
    scales[block] = scale.x;
  }
  if (lane == 0u) {
    scales[KEY_SCALES] = scale.y;
  }
  put_codes(row, lane, codes(key, scale.x), codes(value, scale.y));
  workgroupBarrier();
  if (lane < SCALE_WORDS) {
    kv_scales[row * SCALE_WORDS + lane] = scales[2u * lane] | (scales[2u * lane + 1u] << 16u);
  }
}

fn further(a: f32, b: f32) -> f32 { return select(a, b, abs(b) > abs(a)); }

fn peak(v: vec4f) -> f32 { return further(further(v.x, v.y), further(v.z, v.w)); }

fn scale_bits(most: f32) -> u32 {
  let bits = half_bits(clamp(most * (-1.0 / LIMIT), -65504.0, 65504.0));
  return select(bits, 0u, bits == 0x8000u);
}

fn codes(numbers: vec4f, scale: u32) -> vec4i {
  let s = half_value(scale);
  let inverse = sign(s) * reciprocal(abs(s));
  return vec4i(clamp(round(numbers * inverse), vec4f(-LIMIT), vec4f(LIMIT - 1.0)));
}
