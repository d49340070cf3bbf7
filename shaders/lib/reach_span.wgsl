// A scale for every span. Defines row_most and reach.
fn row_most(source: u32, lane: u32, zero: u32) -> f32 {
  return 0.0;
}

// The magnitude that a span's scale must reach.
fn reach(span_most: f32, row_most: f32) -> f32 {
  return span_most;
}
