// Dense: every value is kept. Defines Kept and kept4.
struct Kept {
  values: vec4u,
  places: u32,
}

// Bits of the kept values i ..+3 of a row of the source; i is a multiple of 4.
fn kept4(row: u32, i: u32) -> Kept {
  return Kept(source4(row, i >> 2u), NO_PLACES);
}
