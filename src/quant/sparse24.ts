/** Kept values and where they stand; the layout of both is QuantTensor's. */
export interface Sparse24 {
  /** [rows][2 * ceil(cols / 4)] */
  readonly kept: Float32Array;
  /** [rows][ceil(cols / 4)]: p0 | p1 << 2, p0 < p1 */
  readonly positions: Uint8Array;
}

/**
 * 2:4 by magnitude: of every aligned four inputs of values [rows][cols] the two largest magnitudes
 * stay, of equals the one with the lower index. A last four that is not full counts as followed by
 * zeros. Pattern: Mishra et al., Accelerating Sparse Deep Neural Networks, 2021 (arXiv 2104.08378).
 */
export function keepMagnitude24(values: Float32Array, rows: number, cols: number): Sparse24 {
  const fours = Math.ceil(cols / 4);
  const kept = new Float32Array(rows * fours * 2);
  const positions = new Uint8Array(rows * fours);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < fours; at++) {
      const from = row * cols + 4 * at;
      const left = cols - 4 * at;
      const a = values[from] ?? 0;
      const b = left > 1 ? (values[from + 1] ?? 0) : 0;
      const c = left > 2 ? (values[from + 2] ?? 0) : 0;
      const d = left > 3 ? (values[from + 3] ?? 0) : 0;
      const index = row * fours + at;
      const pair = largestTwo(Math.abs(a), Math.abs(b), Math.abs(c), Math.abs(d));
      positions[index] = pair;
      const [first, second] = [pair & 3, pair >> 2];
      kept[2 * index] = first === 0 ? a : first === 1 ? b : c;
      kept[2 * index + 1] = second === 1 ? b : second === 2 ? c : d;
    }
  }
  return { kept, positions };
}

/** Places p0 | p1 << 2 of the two largest of four magnitudes, p0 < p1; comparing strictly prefers the lower place. */
function largestTwo(a: number, b: number, c: number, d: number): number {
  // Either both are of one half, or each half has one of them.
  if (Math.min(a, b) >= Math.max(c, d)) return 0 | (1 << 2);
  if (Math.min(c, d) > Math.max(a, b)) return 2 | (3 << 2);
  return (b > a ? 1 : 0) | ((d > c ? 3 : 2) << 2);
}
