// What is made ready once for a quad's rows. Defines begin_quad. Expects begin_scales (lib/scale_double, lib/scale_e4m3,
// lib/scale_tensor).
fn begin_quad(quad: u32, split: u32, splits: u32) {
  begin_scales(quad);
}
