// One f16 scale a group. Defines load_scales. Expects lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<vec2u>; // [group][quad], f16 of rows 0, 1 and 2, 3

fn load_scales(span: u32, quad: u32) -> Scales {
  let words = scales[(span >> params.group_shift) * params.quads + quad];
  return scales_times(vec4f(unpack2x16float(words.x), unpack2x16float(words.y)), vec4u());
}
