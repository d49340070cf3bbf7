// One f32 scale a matrix. Defines load_scales and begin_scales. Expects lib/sections and lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // header

var<private> row_scales: vec4f;

fn begin_scales(quad: u32) {
  row_scales = bitcast<vec4f>(by_section(4u, sections_of(rows_of(quad))));
}

fn load_scales(span: u32, quad: u32) -> Scales {
  return scales_times(row_scales, vec4u());
}
