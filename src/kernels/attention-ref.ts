import { type Judged, ULP } from "./judged.ts";

/** One head of one token: q [headDim] over the first `length` rows of k and v, [length][headDim] each. */
export function attentionRef(
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  length: number,
  scale: number,
): Judged {
  const dim = q.length;
  const scores = new Float64Array(length);
  const errors = new Float64Array(length); // of the scores
  for (let p = 0; p < length; p++) {
    let [sum, size] = [0, 0];
    for (let d = 0; d < dim; d++) {
      const product = (q[d] ?? 0) * (k[p * dim + d] ?? 0);
      sum += product;
      size += Math.abs(product);
    }
    scores[p] = sum * scale;
    errors[p] = size * scale * (dim + 2) * (ULP / 2);
  }
  return mix(scores, errors, v, dim);
}

/** The softmax of the scores over v. A weight is off by its score's error, the peak's, and exp's own of 3 + 2 |x| units. */
function mix(scores: Float64Array, errors: Float64Array, v: Float32Array, dim: number): Judged {
  const peak = scores.reduce((a, b) => Math.max(a, b));
  const worst = errors.reduce((a, b) => Math.max(a, b));
  // Sums fade by another exp whenever a tile of 512 positions raises the peak.
  const fades = Math.ceil(scores.length / 512) * 8 * ULP;
  const rounding = (scores.length + 16) * (ULP / 2);
  const weights = scores.map((score) => Math.exp(score - peak));
  const total = weights.reduce((a, b) => a + b);
  const offs = weights.map((weight, p) => {
    const exponent = peak - (scores[p] ?? 0);
    return weight * ((errors[p] ?? 0) + worst + (4 + 3 * exponent) * ULP + fades + rounding);
  });
  const values = new Float64Array(dim);
  const bounds = new Float64Array(dim);
  for (let d = 0; d < dim; d++) {
    let sum = 0;
    weights.forEach((weight, p) => {
      sum += weight * (v[p * dim + d] ?? 0);
    });
    const value = sum / total;
    let off = 0;
    offs.forEach((error, p) => {
      off += error * (Math.abs(v[p * dim + d] ?? 0) + Math.abs(value));
    });
    values[d] = value;
    bounds[d] = off / total + 2 ** -120;
  }
  return { values, bounds };
}
