// BitMoD 3 as a table for each key, which differ in code 4 alone. Defines LEVELS, BOOK (lib/book_*) and KEYED.
const KEYED: u32 = 8u;
const BOOK: u32 = 32u;
const LEVELS = array<f32, BOOK>(
  0.0, 1.0, 2.0, 4.0, 3.0, -1.0, -2.0, -4.0,
  0.0, 1.0, 2.0, 4.0, -3.0, -1.0, -2.0, -4.0,
  0.0, 1.0, 2.0, 4.0, 6.0, -1.0, -2.0, -4.0,
  0.0, 1.0, 2.0, 4.0, -6.0, -1.0, -2.0, -4.0,
);
