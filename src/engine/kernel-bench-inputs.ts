import type { IntActivations } from "../kernels/linear-ref.ts";
import { createRng } from "../lib/rng.ts";
import { quantizeActivations, SPAN } from "../quant/activations.ts";
import { type Family, inputForm } from "../quant/registry.ts";
import type { ActivationBits } from "../quant/setting.ts";

/** Activations of a measurement, in the form that the kernel's family reads. */
export interface Inputs {
  /** [m][xStride] f32 */
  readonly x: Float32Array;
  /** Floats of a token's row. */
  readonly xStride: number;
  /** What the integer families read instead, codes [m][spans * 32]. */
  readonly codes?: IntActivations;
  /** By binding: "x", or "xq" and "xs". */
  readonly buffers: Readonly<Record<string, Float32Array | Uint32Array>>;
  /** Bytes of a token in each of those. */
  readonly tokenBytes: Readonly<Record<string, number>>;
  /** What a kernel reads, padding left out. */
  readonly bytes: number;
}

interface InputOptions {
  readonly family: Family;
  readonly activations: ActivationBits;
  readonly shape: { readonly m: number; readonly k: number };
}

export function inputsOf({ family, activations, shape }: InputOptions, xStride: number): Inputs {
  const { m, k } = shape;
  const rng = createRng(m * 257 + k);
  const x = new Float32Array(m * xStride);
  for (let t = 0; t < m; t++) for (let i = 0; i < k; i++) x[t * xStride + i] = rng.gauss();
  if (family === "dequant" || activations === 32) {
    return { x, xStride, buffers: { x }, tokenBytes: { x: xStride * 4 }, bytes: m * k * 4 };
  }
  const codes = codesOf(x, m, k, xStride, activations);
  // A word of a span holds four whole codes, or one bit of all 32.
  const bytes = inputForm(family) === "bytes";
  const spanWords = bytes ? SPAN / 4 : activations;
  const buffers = {
    xq: bytes ? new Uint32Array(codes.codes.buffer) : planes(codes.codes, activations),
    xs: scalesAndSums(codes),
  };
  const spans = Math.ceil(k / SPAN);
  const tokenBytes = { xq: spans * spanWords * 4, xs: spans * 8 };
  return { x, xStride, codes, buffers, tokenBytes, bytes: m * (tokenBytes.xq + tokenBytes.xs) };
}

function codesOf(
  x: Float32Array,
  m: number,
  k: number,
  xStride: number,
  bits: Exclude<ActivationBits, 32>,
): IntActivations {
  const spans = Math.ceil(k / SPAN);
  const codes = new Int8Array(m * spans * SPAN);
  const scales = new Float32Array(m * spans);
  for (let t = 0; t < m; t++) {
    const token = quantizeActivations(x.subarray(t * xStride, t * xStride + k), bits);
    codes.set(token.codes, t * spans * SPAN);
    scales.set(token.scales, t * spans);
  }
  return { codes, scales };
}

/** [span][bits]: word b of a span holds bit b of its 32 codes in two's complement. */
function planes(codes: Int8Array, bits: number): Uint32Array {
  const words = new Uint32Array((codes.length / SPAN) * bits);
  codes.forEach((code, i) => {
    const at = (i >> 5) * bits;
    for (let b = 0; b < bits; b++)
      words[at + b] = (words[at + b] ?? 0) | (((code >> b) & 1) << (i & 31));
  });
  return words;
}

/** [span] (scale f32, sum of codes i32) */
function scalesAndSums({ codes, scales }: IntActivations): Uint32Array {
  const words = new Uint32Array(scales.length * 2);
  const floats = new Float32Array(words.buffer);
  scales.forEach((scale, span) => {
    floats[2 * span] = scale;
    const own = codes.subarray(span * SPAN, (span + 1) * SPAN);
    words[2 * span + 1] = own.reduce((sum, code) => sum + code, 0);
  });
  return words;
}
