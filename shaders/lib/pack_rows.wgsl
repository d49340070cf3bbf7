// Master weights as uploaded: f32 row by row, each filled up with zeros to a whole four. Defines source4.
@group(0) @binding(1) var<storage, read> source: array<vec4u>; // [row][four]

// Bits of the inputs 4 * four ..+3 of a row; all of this is integers, as floats may lose subnormals.
fn source4(row: u32, four: u32) -> vec4u {
  if (four >= params.fours) {
    return vec4u();
  }
  return source[row * params.fours + four];
}
