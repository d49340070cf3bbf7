// What is made ready once for a quad's rows: nothing. Defines begin_quad; `splits` lanes share the quad.
fn begin_quad(quad: u32, split: u32, splits: u32) {}
