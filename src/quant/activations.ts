import { invariant } from "../lib/assert.ts";
import { roundFast } from "../lib/round.ts";

/** Inputs that share an activation scale, unless all of a token's do. */
export const SPAN = 32;
/** Inputs that share a scale: 32 neighbours, or all of a token's. */
export type ActivationGroup = typeof SPAN | "row";
/** A span whose scale would be smaller is all zero: GPUs may flush what lies below to zero. */
const LEAST_SCALE = 2 ** -126;

export interface QuantActivations {
  /** [n] signed, within ±(2^(bits-1) - 1) */
  readonly codes: Int8Array;
  /** [ceil(n / 32)] f32 */
  readonly scales: Float32Array;
  /** [ceil(n / 32)] sums of the span's codes, for formats with a zero point */
  readonly sums: Int32Array;
}

/**
 * Dynamic symmetric activations: a scale for every 32 of values [n], the last span may be short; with `group` "row" the
 * largest of them serves all, as in SmoothQuant, ICML 2023 (arXiv 2211.10438).
 * In f32: scale = max|x| * (1 / qmax), codes = round half to even of x * (1 / scale), qmax =
 * 2^(bits-1) - 1. The reference of the quantize kernel; the spans are those of DGQ, 2023
 * (arXiv 2310.04836), by blocks. NaN and infinity are the caller's bug.
 */
export function quantizeActivations(
  values: Float32Array,
  bits: 8 | 6 | 4 | 2,
  group: ActivationGroup = SPAN,
): QuantActivations {
  const spans = Math.ceil(values.length / SPAN);
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(spans);
  const sums = new Int32Array(spans);
  const largest = 2 ** (bits - 1) - 1;
  const share = Math.fround(1 / largest);
  const ofAll = group === "row" ? largestOf(values, 0, values.length) : null;
  for (let span = 0; span < spans; span++) {
    const stop = Math.min((span + 1) * SPAN, values.length);
    const most = ofAll ?? largestOf(values, span * SPAN, stop);
    const scale = Math.fround(most * share);
    if (scale < LEAST_SCALE) continue;
    const inverse = Math.fround(1 / scale);
    let sum = 0;
    for (let i = span * SPAN; i < stop; i++) {
      const code = roundFast(Math.fround((values[i] ?? 0) * inverse));
      // Rounding may carry the largest element one past the end.
      codes[i] = Math.max(-largest, Math.min(code, largest));
      sum += codes[i] ?? 0;
    }
    scales[span] = scale;
    sums[span] = sum;
  }
  return { codes, scales, sums };
}

/** The values [n] that the codes stand for, in f32: what f32 kernels get in their place. */
export function dequantizeActivations({ codes, scales }: QuantActivations): Float32Array {
  return Float32Array.from(codes, (code, i) => code * (scales[Math.floor(i / SPAN)] ?? 0));
}

function largestOf(values: Float32Array, start: number, stop: number): number {
  let most = 0;
  for (let i = start; i < stop; i++) most = Math.max(most, Math.abs(values[i] ?? 0));
  invariant(Number.isFinite(most), "activations hold NaN or infinity");
  return most;
}
