/** What a kernel should give, in f64, and how far its f32 may be off. */
export interface Judged {
  readonly values: Float64Array;
  readonly bounds: Float64Array;
}

/** Unit in the last place of f32 numbers from 1 to 2; a rounding is off by half of it. */
export const ULP = 2 ** -23;
