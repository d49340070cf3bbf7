import { SortedGroup } from "./sorted-group.ts";

export const ROUNDS = 15;

/**
 * Scales alpha of planes of signs so that Σ ±alpha is near each weight of a group: greedily first, then by least squares for the nearest
 * signs in turns. As every sum has its negative, magnitudes and the upper half of the sums are enough. Groups come by the hundred
 * thousand, so nothing is allocated for one.
 */
export class PlaneFit {
  /** [planes], largest first. */
  readonly alphas: Float64Array;
  readonly #planes: number;
  readonly #group = new SortedGroup();
  /** The upper half of the sums in ascending order, and the codes that have them. */
  readonly #levels: Float64Array;
  readonly #codes: Uint8Array;
  readonly #next: Float64Array;
  /** Normal equations; the right side becomes their solution. */
  readonly #matrix: Float64Array;
  readonly #right: Float64Array;
  #rest = new Float32Array(0);

  constructor(planes: number) {
    this.#planes = planes;
    this.alphas = new Float64Array(planes);
    this.#next = new Float64Array(planes);
    this.#levels = new Float64Array(2 ** (planes - 1));
    this.#codes = new Uint8Array(2 ** (planes - 1));
    this.#matrix = new Float64Array(planes * planes);
    this.#right = new Float64Array(planes);
  }

  /** Fits `alphas` to values[start, stop); `onRound` gets the squared error of each round's scales with the nearest signs. */
  run(values: Float32Array, start: number, stop: number, onRound?: (error: number) => void): void {
    this.#group.load(values, start, stop, true);
    this.#startGreedily(values, start, stop);
    this.#next.set(this.alphas);
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round <= ROUNDS; round++) {
      this.#arrange(this.#next);
      const error = this.#accumulate();
      onRound?.(error);
      if (!(error < least)) break;
      least = error;
      this.alphas.set(this.#next);
      if (!this.#solve()) break;
      for (let p = 0; p < this.#planes; p++) this.#next[p] = -Math.abs(this.#right[p] ?? 0);
      this.#next.sort();
      for (let p = 0; p < this.#planes; p++) this.#next[p] = -(this.#next[p] ?? 0);
    }
  }

  /** Codes of values[start, stop) with `alphas` as they are; halfway goes away from 0. */
  encode(values: Float32Array, codes: Uint8Array, start: number, stop: number): void {
    this.#arrange(this.alphas);
    const [levels, own, last] = [this.#levels, this.#codes, this.#levels.length - 1];
    const all = 2 ** this.#planes - 1;
    for (let i = start; i < stop; i++) {
      const value = values[i] ?? 0;
      const doubled = 2 * Math.abs(value);
      let at = 0;
      while (at < last && doubled >= (levels[at] ?? 0) + (levels[at + 1] ?? 0)) at++;
      const code = own[at] ?? 0;
      codes[i] = value < 0 ? all - code : code;
    }
  }

  /** Residual after residual, each with its mean magnitude. */
  #startGreedily(values: Float32Array, start: number, stop: number): void {
    const count = stop - start;
    if (this.#rest.length !== count) this.#rest = new Float32Array(count);
    const rest = this.#rest;
    for (let i = 0; i < count; i++) rest[i] = Math.abs(values[start + i] ?? 0);
    for (let p = 0; p < this.#planes; p++) {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += rest[i] ?? 0;
      const alpha = sum / count;
      this.alphas[p] = alpha;
      for (let i = 0; i < count; i++) rest[i] = Math.abs((rest[i] ?? 0) - alpha);
    }
  }

  /** The upper half of the sums, by insertion: there are two, four or eight. */
  #arrange(alphas: Float64Array): void {
    const [levels, codes] = [this.#levels, this.#codes];
    let filled = 0;
    // With a code its complement has the negative sum: of each pair the one that is not below 0.
    for (let code = 0; code < levels.length; code++) {
      let sum = 0;
      for (let p = 0; p < this.#planes; p++) {
        const alpha = alphas[p] ?? 0;
        sum += (code >> p) & 1 ? alpha : -alpha;
      }
      const own = sum < 0 ? 2 * levels.length - 1 - code : code;
      sum = Math.abs(sum);
      let at = filled++;
      for (; at > 0 && (levels[at - 1] ?? 0) > sum; at--) {
        levels[at] = levels[at - 1] ?? 0;
        codes[at] = codes[at - 1] ?? 0;
      }
      levels[at] = sum;
      codes[at] = own;
    }
  }

  /** Squared error with the nearest sums, and the normal equations for their signs. */
  #accumulate(): number {
    const [group, planes, matrix, right] = [this.#group, this.#planes, this.#matrix, this.#right];
    matrix.fill(0);
    right.fill(0);
    let error = group.squares;
    let start = 0;
    for (let i = 0; i < this.#levels.length; i++) {
      const level = this.#levels[i] ?? 0;
      const next = this.#levels[i + 1];
      const stop = next === undefined ? group.length : group.below((level + next) / 2);
      if (stop === start) continue;
      const [count, sum, code] = [stop - start, group.sum(start, stop), this.#codes[i] ?? 0];
      start = stop;
      error += level * (level * count - 2 * sum);
      for (let a = 0; a < planes; a++) {
        const sign = (code >> a) & 1;
        right[a] = (right[a] ?? 0) + (sign ? sum : -sum);
        for (let b = 0; b <= a; b++) {
          const at = a * planes + b;
          matrix[at] = (matrix[at] ?? 0) + (sign === ((code >> b) & 1) ? count : -count);
        }
      }
    }
    return error;
  }

  /** Solves them by Cholesky's method; false where planes depend on each other. */
  #solve(): boolean {
    const [n, lower, x] = [this.#planes, this.#matrix, this.#right];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = lower[i * n + j] ?? 0;
        for (let k = 0; k < j; k++) sum -= (lower[i * n + k] ?? 0) * (lower[j * n + k] ?? 0);
        if (j < i) lower[i * n + j] = sum / (lower[j * n + j] ?? 1);
        else if (sum > 1e-9 * this.#group.length) lower[i * n + i] = Math.sqrt(sum);
        else return false;
      }
    }
    for (let i = 0; i < n; i++) {
      let value = x[i] ?? 0;
      for (let k = 0; k < i; k++) value -= (lower[i * n + k] ?? 0) * (x[k] ?? 0);
      x[i] = value / (lower[i * n + i] ?? 1);
    }
    for (let i = n - 1; i >= 0; i--) {
      let value = x[i] ?? 0;
      for (let k = i + 1; k < n; k++) value -= (lower[k * n + i] ?? 0) * (x[k] ?? 0);
      x[i] = value / (lower[i * n + i] ?? 1);
    }
    return true;
  }
}
