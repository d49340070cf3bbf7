// Two levels of scales: an f16 a row, and within it a whole number a group, which with the group's zero point is the
// row's key: z | S << 8 (formats/dgq). Defines load_scales. Expects lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [group][quad]: S × 4; [group][quad]: z × 4; [quad][2]: f16

fn load_scales(span: u32, quad: u32) -> Scales {
  let groups = ((params.spans - 1u) >> params.group_shift) + 1u;
  let at = (span >> params.group_shift) * params.quads + quad;
  let lines = groups * params.quads;
  let bytes = vec4u(0u, 8u, 16u, 24u);
  let steps = (vec4u(scales[at]) >> bytes) & vec4u(255u);
  let zeros = (vec4u(scales[lines + at]) >> bytes) & vec4u(255u);
  let row_scales = 2u * (lines + quad);
  let scale = vec4f(unpack2x16float(scales[row_scales]), unpack2x16float(scales[row_scales + 1u]));
  return scales_times(scale, zeros | (steps << vec4u(8u)));
}
