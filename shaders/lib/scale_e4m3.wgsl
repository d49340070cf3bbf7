// An 8-bit float for 16 inputs, which is the row's key (formats/nvfp4), and half an f32 for the matrix.
// Defines load_scales and begin_scales. Expects lib/sections and lib/scale_times.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // header, [span][quad][2]: two bytes a row

var<private> row_scales: vec4f;

fn begin_scales(quad: u32) {
  row_scales = bitcast<vec4f>(by_section(4u, sections_of(rows_of(quad))));
}

fn load_scales(span: u32, quad: u32) -> Scales {
  let at = HEADER + (span * params.quads + quad) * 2u;
  let words = vec2u(scales[at], scales[at + 1u]);
  let keys = vec4u(words.x & 0xffffu, words.x >> 16u, words.y & 0xffffu, words.y >> 16u);
  return scales_times(row_scales, keys);
}
