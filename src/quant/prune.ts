/**
 * Unstructured sparsity by magnitude: sorted by magnitude, the weight at index floor(percent / 100 * count) is the threshold of the matrix,
 * and what does not exceed it becomes 0 (Han et al., 2015, arXiv 1506.02626; the index is that of Wanda's code, arXiv 2306.11695). What is
 * left is stored as if nothing had gone: this shows what a sparser model would lose, and saves nothing.
 */
export function pruneMagnitude(values: Float32Array, percent: number): Float32Array {
  const sorted = values.map(Math.abs).sort();
  const threshold = sorted[Math.floor((percent * values.length) / 100)] ?? 0;
  return values.map((value) => (Math.abs(value) <= threshold ? 0 : value));
}
