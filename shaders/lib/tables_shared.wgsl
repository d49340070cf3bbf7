// Palettes of all matrices, and of zeros, in workgroup memory. A row's key is its table's first level.
// Defines load_scales, level and begin_values. Expects scales and tables_of (lib/palette_tensor), TABLE and LANES.
const PAIRS: u32 = 5u * TABLE;

var<workgroup> levels: array<f32, 2 * PAIRS>; // [table][level]
var<private> keys: vec4u;

fn begin_values(quad: u32, split: u32, splits: u32) {
  for (var i = split * LANES + quad % LANES; i < PAIRS; i += splits * LANES) {
    let pair = unpack2x16float(scales[HEADER + i]);
    levels[2u * i] = pair.x;
    levels[2u * i + 1u] = pair.y;
  }
  keys = 2u * (tables_of(quad) - vec4u(HEADER));
  workgroupBarrier();
}

fn load_scales(span: u32, quad: u32) -> Scales {
  return Scales(keys);
}

fn level(key: u32, code: u32) -> f32 {
  return levels[key + code];
}
