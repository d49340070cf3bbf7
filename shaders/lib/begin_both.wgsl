// What is made ready once for a quad's rows. Defines begin_quad; `splits` lanes share the quad. Expects begin_scales
// (lib/scale_*) and begin_values (lib/book_spread).
fn begin_quad(quad: u32, split: u32, splits: u32) {
  begin_scales(quad);
  begin_values(quad, split, splits);
}
