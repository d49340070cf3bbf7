import { quantizeActivations } from "../quant/activations.ts";
import { inputForm } from "../quant/registry.ts";
import type { LinearStep } from "./lower-linear.ts";

export interface PackedCodes {
  /** [tokens][spans * 32] and [tokens][spans], for the CPU. */
  readonly codes: Int8Array;
  readonly activationScales: Float32Array;
  /** As the kernels read them: [token][span][words], and (scale, sum as bits) of each span. */
  readonly words: Uint32Array;
  readonly scales: Float32Array;
}

/** Activations rounded on the CPU, in the layout of the step's kernel family. */
export function packCodes(
  x: Float32Array,
  tokens: number,
  cols: number,
  stride: number,
  { family, activationBits }: LinearStep,
): PackedCodes {
  const spans = Math.ceil(cols / 32);
  const bytes = inputForm(family) === "bytes";
  const wordsPerSpan = bytes ? 8 : activationBits;
  const codes = new Int8Array(tokens * spans * 32);
  const activationScales = new Float32Array(tokens * spans);
  const words = new Uint32Array(tokens * spans * wordsPerSpan);
  const scales = new Float32Array(tokens * spans * 2);
  const sums = new Int32Array(scales.buffer);
  const bits = activationBits as 8 | 6 | 4 | 2;
  for (let t = 0; t < tokens; t++) {
    const rounded = quantizeActivations(x.subarray(t * stride, t * stride + spans * 32), bits);
    codes.set(rounded.codes, t * spans * 32);
    activationScales.set(rounded.scales, t * spans);
    for (let span = 0; span < spans; span++) {
      const at = t * spans + span;
      scales[at * 2] = rounded.scales[span] ?? 0;
      sums[at * 2 + 1] = rounded.sums[span] ?? 0;
      for (let e = 0; e < 32; e++) {
        const code = rounded.codes[span * 32 + e] ?? 0;
        if (bytes) {
          const word = at * 8 + (e >> 2);
          words[word] = (words[word] ?? 0) | ((code & 255) << (8 * (e & 3)));
        } else {
          for (let bit = 0; bit < activationBits; bit++) {
            const word = at * activationBits + bit;
            words[word] = (words[word] ?? 0) | (((code >> bit) & 1) << e);
          }
        }
      }
    }
  }
  return { codes, activationScales, words, scales };
}
