// Palettes of the workgroup's rows in workgroup memory. A row's key is its table's first level.
// Defines load_scales, level and begin_values. Expects scales and tables_of (lib/palette_row), TABLE and LANES.
var<workgroup> levels: array<f32, LANES * 4 * 2 * TABLE>; // [quad][row in quad][level]

fn begin_values(quad: u32, split: u32, splits: u32) {
  let places = tables_of(quad);
  let keys = keys_of(quad);
  for (var i = split; i < 4u * TABLE; i += splits) {
    let row = i / TABLE;
    let pair = unpack2x16float(scales[places[row] + i % TABLE]);
    let at = keys[row] + 2u * (i % TABLE);
    levels[at] = pair.x;
    levels[at + 1u] = pair.y;
  }
  workgroupBarrier();
}

fn keys_of(quad: u32) -> vec4u {
  return ((quad % LANES) * 4u + vec4u(0u, 1u, 2u, 3u)) * (2u * TABLE);
}

fn load_scales(span: u32, quad: u32) -> Scales {
  return Scales(keys_of(quad));
}

fn level(key: u32, code: u32) -> f32 {
  return levels[key + code];
}
