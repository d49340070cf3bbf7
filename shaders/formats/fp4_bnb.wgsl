// The 4-bit floats of bitsandbytes over 12; codes from 8 on are negative, and do not go by size. Defines LEVELS and BOOK (lib/book_*).
const BOOK: u32 = 16u;
const LEVELS = array<f32, BOOK>(
  0.0, 0.0052083334885537624, 0.6666666865348816, 1.0,
  0.3333333432674408, 0.5, 0.1666666716337204, 0.25,
  -0.0, -0.0052083334885537624, -0.6666666865348816, -1.0,
  -0.3333333432674408, -0.5, -0.1666666716337204, -0.25,
);
