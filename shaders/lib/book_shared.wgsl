// A level of a table of constants in workgroup memory, as GPUs fetch indexed constants like any buffer.
// Defines book and begin_values. Expects LEVELS and BOOK, how many there are (formats/*), and LANES.
var<workgroup> levels: array<f32, BOOK>;

fn begin_values(quad: u32, split: u32, splits: u32) {
  for (var i = split * LANES + quad % LANES; i < BOOK; i += splits * LANES) {
    levels[i] = LEVELS[i];
  }
  workgroupBarrier();
}

fn book(code: u32) -> f32 {
  return levels[code];
}
