// Master weights as another side holds them packed in f32. Defines source4.
@group(0) @binding(1) var<storage, read> source: array<vec4u>; // [tile][four][row in quad][quad]

// Bits of the inputs 4 * four ..+3 of a row.
fn source4(row: u32, four: u32) -> vec4u {
  if (four >= params.fours) {
    return vec4u();
  }
  let fours = (params.fours + 7u) & ~7u;
  return source[((row >> 5u) * fours + four) * 32u + (row & 3u) * 8u + ((row >> 2u) & 7u)];
}
