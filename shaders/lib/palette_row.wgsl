// A palette for each row. Defines load_scales. Expects lib/palette and TABLE, words of a table.
@group(0) @binding(2) var<storage, read> scales: array<u32>; // [row][TABLE]

fn load_scales(span: u32, quad: u32) -> Scales {
  return Scales((vec4u(quad * 4u) + vec4u(0u, 1u, 2u, 3u)) * TABLE);
}
