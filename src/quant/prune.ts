/**
 * Unstructured sparsity by magnitude: sorted by magnitude, the weight at index floor(percent / 100 * count) is the threshold of the matrix,
 * and what does not exceed it becomes 0 (Han et al., 2015, arXiv 1506.02626; the index is that of Wanda's code, arXiv 2306.11695). What is
 * left is stored as if nothing had gone: this shows what a sparser model would lose, and saves nothing.
 */
export function pruneMagnitude(values: Float32Array, percent: number): Float32Array {
  const threshold = magnitudeAt(values, Math.floor((percent * values.length) / 100));
  const left = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (Math.abs(value) > threshold) left[i] = value;
  }
  return left;
}

const LOW_BITS = 15;
const LOW = 2 ** LOW_BITS - 1;

/**
 * The magnitude at a place of the ascending order, 0 behind its end. Magnitudes are in the order of their bits, so counting the upper
 * half of these and then, where the place falls, the lower half finds it without sorting.
 */
function magnitudeAt(values: Float32Array, place: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  if (place >= bits.length) return 0;
  const upper = new Uint32Array(2 ** (31 - LOW_BITS));
  for (let i = 0; i < bits.length; i++) {
    const part = ((bits[i] ?? 0) & 0x7fffffff) >>> LOW_BITS;
    upper[part] = (upper[part] ?? 0) + 1;
  }
  const high = partAt(upper, place);
  const lower = new Uint32Array(LOW + 1);
  for (let i = 0; i < bits.length; i++) {
    const own = (bits[i] ?? 0) & 0x7fffffff;
    if (own >>> LOW_BITS === high.part) lower[own & LOW] = (lower[own & LOW] ?? 0) + 1;
  }
  const low = partAt(lower, high.rest);
  const [magnitude = 0] = new Float32Array(
    Uint32Array.of((high.part << LOW_BITS) | low.part).buffer,
  );
  return magnitude;
}

/** The part in which a place falls, and how far into it. */
function partAt(counts: Uint32Array, place: number): { part: number; rest: number } {
  let [part, rest] = [0, place];
  for (; part < counts.length && rest >= (counts[part] ?? 0); part++) rest -= counts[part] ?? 0;
  return { part, rest };
}
