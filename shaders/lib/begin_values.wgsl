// What is made ready once for a quad's rows. Defines begin_quad; `splits` lanes share the quad. Expects begin_values
// (lib/book_spread, lib/tables_*).
fn begin_quad(quad: u32, split: u32, splits: u32) {
  begin_values(quad, split, splits);
}
