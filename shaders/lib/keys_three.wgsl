// Three f16 a group and row, four rows in six words; the row's key is the place of its first. Defines load_scales and
// four_scales (by the key). Expects lib/scale_keys.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [group][quad][row in quad] of 3 f16

fn load_scales(span: u32, quad: u32) -> Scales {
  let first = ((span >> params.group_shift) * params.quads + quad) * 12u;
  return Scales(vec4u(first) + vec4u(0u, 3u, 6u, 9u));
}

fn four_scales(key: u32) -> vec4f {
  let low = unpack2x16float(scales[key >> 1u]);
  let high = unpack2x16float(scales[(key >> 1u) + 1u]);
  return select(vec4f(low, high.x, 0.0), vec4f(low.y, high, 0.0), (key & 1u) == 1u);
}
