// Palettes where they stand in the buffer, for kernels that look up little. A row's key is its table's first word.
// Defines load_scales and level. Expects scales and tables_of (lib/palette_row, lib/palette_tensor).
fn load_scales(span: u32, quad: u32) -> Scales {
  return Scales(tables_of(quad));
}

fn level(key: u32, code: u32) -> f32 {
  // The wanted half goes down, as unpacking the lower is all it takes.
  return unpack2x16float(scales[key + (code >> 1u)] >> ((code & 1u) * 16u)).x;
}
