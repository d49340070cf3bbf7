// One f16 scale and one 8-bit zero point a group, by its least and greatest number and 0.
// Defines Range, widened, Found, found_of, put_found, Key and key_of. Expects TOP (the largest code) of BITS bits,
// lib/half, lib/quotient and lib/reciprocal.
alias Range = vec2f; // least, greatest
alias Found = vec2u; // f16 bits, zero point
@group(0) @binding(3) var<storage, read_write> scales: array<u32>; // [group][quad][3]: f16 × 2, f16 × 2, u8 × 4

fn widened(range: Range, bits: vec4u) -> Range {
  let values = bitcast<vec4f>(bits);
  let low = min(min(values.x, values.y), min(values.z, values.w));
  let high = max(max(values.x, values.y), max(values.z, values.w));
  return vec2f(min(range.x, low), max(range.y, high));
}

fn found_of(range: Range) -> Found {
  let scale = half_bits(quotient(range.y - range.x, TOP, BITS));
  return vec2u(scale, u32(min(round(-range.x * reciprocal(half_value(scale))), f32(TOP))));
}

fn put_found(group: u32, quad: u32, found: array<Found, 4>) {
  let at = (group * params.quads + quad) * 3u;
  scales[at] = found[0].x | (found[1].x << 16u);
  scales[at + 1u] = found[2].x | (found[3].x << 16u);
  scales[at + 2u] = found[0].y | (found[1].y << 8u) | (found[2].y << 16u) | (found[3].y << 24u);
}

// What turns values into codes: the stored scale's reciprocal, and the code of 0.
struct Key {
  inverse: f32,
  zero: f32,
}

fn key_of(group: u32, row: u32) -> Key {
  let at = (group * params.quads + (row >> 2u)) * 3u;
  let scale = half_value((scales[at + ((row >> 1u) & 1u)] >> (16u * (row & 1u))) & 0xffffu);
  return Key(reciprocal(scale), f32((scales[at + 2u] >> (8u * (row & 3u))) & 255u));
}

const NO_KEY = Key(0.0, 0.0);
