/**
 * What two rows of logits say about one position, in f64: KL(reference || candidate), entropies, agreement of the likeliest. All in nats.
 */
export interface RowComparison {
  readonly kl: number;
  /** KL(candidate || reference): large where the candidate believes in what the reference rules out. */
  readonly reverseKl: number;
  /** Most less least of log q - log p, which is that of the logits' change. */
  readonly logRange: number;
  readonly referenceEntropy: number;
  readonly candidateEntropy: number;
  readonly sameTop1: boolean;
  /** Shared among the likeliest five of each, 0..1. */
  readonly top5: number;
}

/** logits [vocab] -> log-probabilities in `out`, in f64. */
export function logSoftmax(logits: Float32Array, out: Float64Array): void {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i] ?? -Infinity);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] ?? -Infinity) - max);
  const shift = max + Math.log(sum);
  for (let i = 0; i < logits.length; i++) out[i] = (logits[i] ?? -Infinity) - shift;
}

/** Compares two rows of log-probabilities of one length. */
export function compareRows(reference: Float64Array, candidate: Float64Array): RowComparison {
  let kl = 0;
  let reverseKl = 0;
  let referenceEntropy = 0;
  let candidateEntropy = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < reference.length; i++) {
    const p = reference[i] ?? 0;
    const q = candidate[i] ?? 0;
    const weight = Math.exp(p);
    const change = q - p;
    if (weight > 0) {
      kl -= weight * change;
      referenceEntropy -= weight * p;
    }
    const other = Math.exp(q);
    if (other > 0) {
      reverseKl += other * change;
      candidateEntropy -= other * q;
    }
    if (change < least) least = change;
    if (change > most) most = change;
  }
  const five = likeliest(reference, 5);
  const theirs = new Set(likeliest(candidate, 5));
  const shared = five.filter((id) => theirs.has(id)).length;
  return {
    // Rounding can leave a zero slightly negative; KL is never below zero.
    kl: Math.max(0, kl),
    reverseKl: Math.max(0, reverseKl),
    logRange: most - least,
    referenceEntropy,
    candidateEntropy,
    sameTop1: five[0] === likeliest(candidate, 1)[0],
    top5: shared / five.length,
  };
}

/** Ids of the `count` largest values, largest first, ties to the lowest id. */
export function likeliest(values: Float64Array | Float32Array, count: number): number[] {
  const best: number[] = [];
  let floor = -Infinity;
  for (let id = 0; id < values.length; id++) {
    const value = values[id] ?? -Infinity;
    if (best.length === count && value <= floor) continue;
    let at = best.length;
    while (at > 0 && value > (values[best[at - 1] ?? 0] ?? -Infinity)) at--;
    best.splice(at, 0, id);
    if (best.length > count) best.pop();
    floor = values[best[best.length - 1] ?? 0] ?? -Infinity;
  }
  return best;
}
