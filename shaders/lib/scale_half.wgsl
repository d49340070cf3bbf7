// One f16 scale a group, of which codes count halves; the zero point is the same everywhere. Defines load_scales.
// Expects lib/scale_int and the constant ZERO.
@group(0) @binding(2) var<storage, read> scales: array<vec2u>; // [group][quad], f16 of rows 0, 1 and 2, 3

fn load_scales(span: u32, quad: u32) -> Scales {
  let words = scales[(span >> params.group_shift) * params.quads + quad];
  return scales_of(0.5 * vec4f(unpack2x16float(words.x), unpack2x16float(words.y)), vec4u(ZERO));
}
