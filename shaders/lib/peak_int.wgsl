// The number of largest magnitude becomes the least code, so that the scale takes its sign; ZERO is a power of two.
// Defines scale_of.
fn scale_of(peak: f32) -> f32 { return peak * (-1.0 / f32(ZERO)); }
