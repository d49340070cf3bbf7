// Four f16 a group and row; the row's key is their place. Defines load_scales and four_scales (by the key).
// Expects lib/scale_keys.
@group(0) @binding(2) var<storage, read> scales: array<vec2u>; // [group][quad][row in quad]

fn load_scales(span: u32, quad: u32) -> Scales {
  let first = ((span >> params.group_shift) * params.quads + quad) * 4u;
  return Scales(vec4u(first) + vec4u(0u, 1u, 2u, 3u));
}

fn four_scales(key: u32) -> vec4f {
  let words = scales[key];
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
}
