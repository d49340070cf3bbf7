// One f16 scale a group, by its number of largest magnitude, the first of equals.
// Defines Range, widened, Found, found_of, put_found, Key and key_of. Expects scale_of (of that number's bits), ZERO,
// lib/half and lib/reciprocal.
alias Range = u32; // the number's bits
alias Found = u32; // f16 bits
@group(0) @binding(3) var<storage, read_write> scales: array<vec2u>; // [group][quad], f16 of rows 0, 1 and 2, 3

fn widened(range: Range, values: vec4u) -> Range {
  return further(further(further(further(range, values.x), values.y), values.z), values.w);
}

fn further(a: u32, b: u32) -> u32 { return select(a, b, (b & MAGNITUDE) > (a & MAGNITUDE)); }

fn found_of(range: Range) -> Found {
  let bits = half_bits(scale_of(bitcast<f32>(range)));
  return select(bits, 0u, bits == 0x8000u);
}

fn put_found(group: u32, quad: u32, found: array<Found, 4>) {
  scales[group * params.quads + quad] = vec2u(found[0] | (found[1] << 16u), found[2] | (found[3] << 16u));
}

// What turns values into codes: the stored scale's reciprocal, and the code of 0.
struct Key {
  inverse: f32,
  zero: f32,
}

fn key_of(group: u32, row: u32) -> Key {
  let words = scales[group * params.quads + (row >> 2u)];
  let scale = half_value((select(words.x, words.y, (row & 2u) != 0u) >> (16u * (row & 1u))) & 0xffffu);
  return Key(sign(scale) * reciprocal(abs(scale)), f32(ZERO));
}

const NO_KEY = Key(0.0, f32(ZERO));
