// A level of a table of constants. Defines book. Expects LEVELS (formats/*).
fn book(code: u32) -> f32 {
  return LEVELS[code];
}
