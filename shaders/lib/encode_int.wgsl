// Whole codes to the nearest, halves to even, from 0 to TOP. Defines encode.
fn encode(bits: vec4u, key: Key) -> u32 {
  // What a device takes for 0 because it is no normal f32 would have rounded to 0 as well.
  let steps = round(bitcast<vec4f>(bits) * key.inverse);
  let codes = vec4u(clamp(steps + vec4f(key.zero), vec4f(), vec4f(f32(TOP))));
  return codes.x | (codes.y << 8u) | (codes.z << 16u) | (codes.w << 24u);
}
