/** Values of one group after another in ascending order with their running sums: how levels fit them takes no walk through them. */
export class SortedGroup {
  /** Σ w² */
  squares = 0;
  length = 0;
  #values = new Float32Array(0);
  /** Of the values below each place. */
  #sums = new Float64Array(1);

  /** Takes values[start, stop), or their magnitudes. */
  load(values: Float32Array, start: number, stop: number, magnitudes: boolean): void {
    const length = stop - start;
    if (this.#values.length !== length) {
      this.#values = new Float32Array(length);
      this.#sums = new Float64Array(length + 1);
      this.length = length;
    }
    const own = this.#values;
    for (let i = 0; i < length; i++) {
      const value = values[start + i] ?? 0;
      own[i] = magnitudes ? Math.abs(value) : value;
    }
    own.sort();
    let [sum, squares] = [0, 0];
    for (let i = 0; i < length; i++) {
      const value = own[i] ?? 0;
      sum += value;
      squares += value * value;
      this.#sums[i + 1] = sum;
    }
    this.squares = squares;
  }

  /** How many values are smaller. */
  below(limit: number): number {
    const values = this.#values;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if ((values[half] ?? 0) < limit) low = half + 1;
      else high = half;
    }
    return low;
  }

  /** Sum of the values from place `start` up to `stop`. */
  sum(start: number, stop: number): number {
    return (this.#sums[stop] ?? 0) - (this.#sums[start] ?? 0);
  }
}
