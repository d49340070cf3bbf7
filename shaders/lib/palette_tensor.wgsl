// A palette for each of up to four matrices, and one of zeros for rows behind the last. Defines load_scales.
// Expects lib/palette, lib/sections and TABLE, words of a table.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // header, [matrix][TABLE], [TABLE] of zeros

fn load_scales(span: u32, quad: u32) -> Scales {
  let rows = rows_of(quad);
  let tables = select(sections_of(rows), vec4u(4u), rows >= vec4u(params.rows));
  return Scales(vec4u(HEADER) + tables * TABLE);
}
