// A group's whole number times the row's f16, and the row's key: which special level the group has.
// Defines load_scales. Expects lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [group][quad]: u8 × 4, [4 groups][quad]: keys, [quad][2]: f16 × 4

fn load_scales(span: u32, quad: u32) -> Scales {
  let group = span >> params.group_shift;
  let groups = ((params.spans - 1u) >> params.group_shift) + 1u;
  let steps = bytes_of(scales[group * params.quads + quad]);
  let keys = scales[(groups + (group >> 2u)) * params.quads + quad] >> ((group & 3u) * 2u);
  let at = (groups + ((groups + 3u) >> 2u)) * params.quads + 2u * quad;
  let row_scales = vec4f(unpack2x16float(scales[at]), unpack2x16float(scales[at + 1u]));
  return scales_times(vec4f(vec4i(steps)) * row_scales, bytes_of(keys) & vec4u(3u));
}

fn bytes_of(word: u32) -> vec4u {
  return vec4u(word & 255u, (word >> 8u) & 255u, (word >> 16u) & 255u, word >> 24u);
}
