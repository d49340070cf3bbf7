// One f32 scale a matrix. Defines load_scales. Expects lib/sections and lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // header

fn load_scales(span: u32, quad: u32) -> Scales {
  return scales_times(bitcast<vec4f>(by_section(4u, sections_of(rows_of(quad)))), vec4u());
}
