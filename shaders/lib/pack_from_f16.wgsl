// Master weights as another side holds them packed in f16, where that loses nothing. Defines source4.
// Expects lib/half.
@group(0) @binding(1) var<storage, read> source: array<vec2u>; // [tile][eight][row in quad][quad][half of the eight]

// Bits of the inputs 4 * four ..+3 of a row, as f32.
fn source4(row: u32, four: u32) -> vec4u {
  if (four >= params.fours) {
    return vec4u();
  }
  let eights = ((params.fours + 7u) & ~7u) / 2u;
  let chunk = ((row >> 5u) * eights + (four >> 1u)) * 32u + (row & 3u) * 8u + ((row >> 2u) & 7u);
  let words = source[2u * chunk + (four & 1u)];
  let halves = vec4u(words.x & 0xffffu, words.x >> 16u, words.y & 0xffffu, words.y >> 16u);
  return bitcast<vec4u>(vec4f(
    half_value(halves.x), half_value(halves.y), half_value(halves.z), half_value(halves.w)));
}
