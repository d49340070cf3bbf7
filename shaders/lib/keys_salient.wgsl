// The f16 of a group in the low half of a row's key, and in the high half that of the row. Defines load_scales.
// Expects lib/scale_keys.
@group(0) @binding(2) var<storage, read> scales: array<vec2u>; // [groups + 1][quad], f16 of rows 0, 1 and 2, 3

fn load_scales(span: u32, quad: u32) -> Scales {
  let groups = ((params.spans - 1u) >> params.group_shift) + 1u;
  let own = scales[(span >> params.group_shift) * params.quads + quad];
  let row = scales[groups * params.quads + quad];
  let low = (row << vec2u(16u)) | (own & vec2u(0xffffu));
  let high = (row & vec2u(0xffff0000u)) | (own >> vec2u(16u));
  return Scales(vec4u(low.x, high.x, low.y, high.y));
}
