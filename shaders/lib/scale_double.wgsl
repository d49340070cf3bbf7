// Scales that are quantised themselves: mean of the matrix + code * factor of 256 groups, counted through the
// matrix row by row. Defines load_scales and begin_scales. Expects lib/sections and lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // header, [group][quad]: i8 × 4, factors

// Of a quad's rows: the mean, the number of groups in the matrix before them, and where the matrix's factors begin.
var<private> means: vec4f;
var<private> before: vec4u;
var<private> factors_at: vec4u;

fn begin_scales(quad: u32) {
  let rows = rows_of(quad);
  let sections = sections_of(rows);
  means = bitcast<vec4f>(by_section(4u, sections));
  before = (rows - by_section(0u, sections)) * groups();
  factors_at = vec4u(HEADER + groups() * params.quads) + by_section(8u, sections);
}

fn groups() -> u32 {
  return ((params.spans - 1u) >> params.group_shift) + 1u;
}

fn load_scales(span: u32, quad: u32) -> Scales {
  let group = span >> params.group_shift;
  let bits = bitcast<i32>(scales[HEADER + group * params.quads + quad]);
  let codes = vec4i(extractBits(bits, 0u, 8u), extractBits(bits, 8u, 8u), extractBits(bits, 16u, 8u), bits >> 24u);
  let at = factors_at + ((before + vec4u(group)) >> vec4u(8u));
  let factors = bitcast<vec4f>(vec4u(scales[at.x], scales[at.y], scales[at.z], scales[at.w]));
  // The product is exact, so that it does not matter whether the sum is fused with it.
  return scales_times(max(means + vec4f(codes) * factors, vec4f()), vec4u());
}
