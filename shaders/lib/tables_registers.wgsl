// Palettes of a quad's four rows in registers, as CPUs look memory up lane by lane. A row's key is its place in the quad.
// Defines tables, load_scales and begin_values. Expects scales and tables_of (lib/palette_row, lib/palette_tensor), TABLE.
var<private> tables: array<array<u32, TABLE>, 4>; // [row in quad], two f16 a word

fn begin_values(quad: u32, split: u32, splits: u32) {
  let places = tables_of(quad);
  for (var i = 0u; i < TABLE; i++) {
    tables[0][i] = scales[places.x + i];
    tables[1][i] = scales[places.y + i];
    tables[2][i] = scales[places.z + i];
    tables[3][i] = scales[places.w + i];
  }
}

fn load_scales(span: u32, quad: u32) -> Scales {
  return Scales(vec4u(0u, 1u, 2u, 3u));
}
