// 4-bit floats e2m1 over their largest, 6, as a table. Defines LEVELS and BOOK (lib/book_*).
const BOOK: u32 = 16u;
const PART: f32 = 1.0f / 12.0f; // its products are rounded again, as those of formats/fp4 are
const LEVELS = array<f32, BOOK>(
  0.0, PART, 2.0 * PART, 3.0 * PART, 4.0 * PART, 6.0 * PART, 8.0 * PART, 12.0 * PART,
  -0.0, -PART, -2.0 * PART, -3.0 * PART, -4.0 * PART, -6.0 * PART, -8.0 * PART, -12.0 * PART,
);
