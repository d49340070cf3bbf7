import type { Roof, Roofs } from "../../src/lib/roof.ts";

export const roofAt = (best: number): Roof => ({ best, samples: 7, spread: 0.02 });

/** A device of round figures: 10 GB/s, 100 GFLOP/s, 400 and 1600 Gop/s, 5 us a dispatch, 80 us a submit. */
export const sampleRoofs: Roofs = {
  copyGbPerSecond: roofAt(10),
  fmaGflops: roofAt(100),
  dp4aGops: roofAt(400),
  popcountGops: roofAt(1600),
  dispatchMicroseconds: roofAt(5),
  submitMicroseconds: roofAt(80),
};
