// 4-bit floats e2m1, doubled, as a table. Defines LEVELS and BOOK (lib/book_*).
const BOOK: u32 = 16u;
const LEVELS = array<f32, BOOK>(
  0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0,
  -0.0, -1.0, -2.0, -3.0, -4.0, -6.0, -8.0, -12.0,
);
