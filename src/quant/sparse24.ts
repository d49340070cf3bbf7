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
  const four = new Float32Array(4);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < fours; at++) {
      for (let i = 0; i < 4; i++) {
        const col = 4 * at + i;
        four[i] = col < cols ? (values[row * cols + col] ?? 0) : 0;
      }
      const [first, second] = largestTwo(four);
      const index = row * fours + at;
      positions[index] = first | (second << 2);
      kept[2 * index] = four[first] ?? 0;
      kept[2 * index + 1] = four[second] ?? 0;
    }
  }
  return { kept, positions };
}

/** Ascending indices of the two largest magnitudes; comparing strictly prefers the lower index. */
function largestTwo(four: Float32Array): [number, number] {
  let best = 0;
  for (let i = 1; i < 4; i++) if (magnitude(four, i) > magnitude(four, best)) best = i;
  let other = best === 0 ? 1 : 0;
  for (let i = other + 1; i < 4; i++) {
    if (i !== best && magnitude(four, i) > magnitude(four, other)) other = i;
  }
  return best < other ? [best, other] : [other, best];
}

function magnitude(four: Float32Array, index: number): number {
  return Math.abs(four[index] ?? 0);
}
