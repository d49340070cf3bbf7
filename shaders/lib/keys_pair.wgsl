// Two f16 a group and row, which are the row's key. Defines load_scales. Expects lib/scale_keys.
@group(0) @binding(2) var<storage, read> scales: array<vec4u>; // [group][quad]: a word a row

fn load_scales(span: u32, quad: u32) -> Scales {
  return Scales(scales[(span >> params.group_shift) * params.quads + quad]);
}
