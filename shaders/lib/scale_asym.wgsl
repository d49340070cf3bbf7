// One f16 scale and one 8-bit zero point a group. Defines load_scales. Expects lib/scale_int.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [group][quad][3]: f16 × 2, f16 × 2, u8 × 4

fn load_scales(span: u32, quad: u32) -> Scales {
  let at = ((span >> params.group_shift) * params.quads + quad) * 3u;
  let scale = vec4f(unpack2x16float(scales[at]), unpack2x16float(scales[at + 1u]));
  return scales_of(scale, (vec4u(scales[at + 2u]) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u));
}
