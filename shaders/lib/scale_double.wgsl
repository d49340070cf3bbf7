// Scales that are quantised themselves: mean of the matrix + code * factor of 256 groups, counted through the
// matrix row by row. Defines load_scales. Expects lib/sections and lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // header, [group][quad]: i8 × 4, factors

fn load_scales(span: u32, quad: u32) -> Scales {
  let group = span >> params.group_shift;
  let groups = ((params.spans - 1u) >> params.group_shift) + 1u;
  let bits = bitcast<i32>(scales[HEADER + group * params.quads + quad]);
  let codes = vec4i(extractBits(bits, 0u, 8u), extractBits(bits, 8u, 8u), extractBits(bits, 16u, 8u), bits >> 24u);
  let rows = rows_of(quad);
  let sections = sections_of(rows);
  let blocks = by_section(8u, sections) + (((rows - by_section(0u, sections)) * groups + group) >> vec4u(8u));
  let factors = bitcast<vec4f>(by_section(HEADER + groups * params.quads, blocks));
  // The product is exact, so that it does not matter whether the sum is fused with it.
  let scale = bitcast<vec4f>(by_section(4u, sections)) + vec4f(codes) * factors;
  return scales_times(max(scale, vec4f()), vec4u());
}
