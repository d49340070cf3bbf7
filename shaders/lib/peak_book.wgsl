// The largest magnitude stands for 1. Defines scale_of.
fn scale_of(peak: f32) -> f32 { return abs(peak); }
