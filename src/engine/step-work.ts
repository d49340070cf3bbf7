import type { Work } from "../lib/roof.ts";
import type { ModelConfig } from "../model/config.ts";
import type { Step } from "../model/plan.ts";
import { fullKv } from "../quant/kv-cache.ts";
import { formatRow, inputForm } from "../quant/registry.ts";
import type { ModuleName } from "./protocol.ts";
import { linearWork } from "./roof-place.ts";
import { refBytes } from "./size.ts";

/** Where in the context a token is decoded, and what the cache keeps of a position in one layer. */
export interface TokenPlace {
  readonly position: number;
  readonly cacheBytes: number;
}

/** The module of each step; a step that rounds activations goes with the matrix product after it. */
export function modulesOf(steps: readonly Step[]): ModuleName[] {
  const modules: ModuleName[] = [];
  let following: ModuleName = "sampling";
  for (const step of steps.toReversed()) {
    following = moduleOf(step, following);
    modules.push(following);
  }
  return modules.reverse();
}

function moduleOf(step: Step, following: ModuleName): ModuleName {
  switch (step.op) {
    case "embed":
    case "place":
      return "embedding";
    case "norm":
      return "norms";
    case "qknorm":
    case "rope":
    case "append":
    case "attention":
      return "attention";
    case "activate":
      return "gateUp";
    case "sample":
      return "sampling";
    case "quantize":
      return following;
    case "linear":
      return linearModule(step);
    default:
      return step satisfies never;
  }
}

function linearModule({ weights }: Extract<Step, { op: "linear" }>): ModuleName {
  const [matrix] = weights.matrices;
  switch (matrix) {
    case "q":
    case "k":
    case "v":
      return "qkv";
    case "gate":
    case "up":
      return "gateUp";
    case "o":
    case "down":
      return matrix;
    default:
      return "head";
  }
}

/**
 * What a step of decoding one token has to read, write and compute at least. An operation is a multiplication, an addition, or one of
 * the few others (comparison, division, exponential). Unpacking counts for nothing.
 */
export function stepWork(config: ModelConfig, step: Step, place: TokenPlace): Work {
  const { heads, kvHeads, headDim, hiddenSize, intermediateSize, vocabSize } = config;
  switch (step.op) {
    case "embed": {
      const { rows, cols } = step.weights;
      return plain(weightBytes(step) / rows + 4 + 4 * cols, 0);
    }
    case "place":
      // Each value times a number, or plus that of the position.
      return plain((step.placing === "learned" ? 3 : 2) * 4 * hiddenSize, hiddenSize);
    case "norm": {
      // Squares and their sum, then times scale and gain; a layer norm also takes the mean away and adds a bias.
      const layered = step.kind === "layer";
      const vectors = (layered ? 4 : 3) + (step.store === "add" ? 1 : 0);
      return plain(vectors * 4 * hiddenSize, (layered ? 8 : 4) * hiddenSize);
    }
    case "qknorm": {
      const normed = (heads + kvHeads) * headDim;
      return plain(3 * 4 * normed, 4 * normed);
    }
    case "quantize": {
      // Largest, scaled, rounded.
      const written = step.form === "fake" ? 4 * step.cols : codeBytes(step.form, step);
      return plain(4 * step.cols + written, 3 * step.cols);
    }
    case "linear":
      return linearStepWork(step);
    case "rope": {
      const turned = (heads + kvHeads) * headDim;
      const kept = kvHeads * headDim;
      // Into the cache go keys and values; else the keys stay and the values are not touched.
      const moved = step.kv === fullKv ? 4 * kept + place.cacheBytes : 4 * kept;
      return plain(4 * (turned + headDim) + 4 * heads * headDim + moved, 3 * turned);
    }
    case "append": {
      // Largest, scaled, rounded.
      const kept = 2 * kvHeads * headDim;
      return plain(4 * kept + place.cacheBytes, 3 * kept);
    }
    case "attention": {
      const window = config.layerKinds[step.layer]?.window ?? Infinity;
      const seen = Math.min(place.position + 1, window);
      const products = 2 * 2 * seen * heads * headDim;
      return plain(2 * 4 * heads * headDim + seen * place.cacheBytes, products + 5 * seen * heads);
    }
    case "activate":
      return plain((config.gated ? 3 : 2) * 4 * intermediateSize, 4 * intermediateSize);
    case "sample":
      return plain(4 * vocabSize + vocabSize / 8, vocabSize);
    default:
      return step satisfies never;
  }
}

function plain(bytes: number, operations: number): Work {
  return { bytes, operations, arithmetic: "fma", roofOperations: operations };
}

function linearStepWork(step: Extract<Step, { op: "linear" }>): Work {
  const { rows, cols, format } = step.weights;
  const { family, activationBits } = step;
  const form = inputForm(family);
  const inputs = form === "floats" ? 4 * cols : codeBytes(form, { bits: activationBits, cols });
  // A sum is read before it is written.
  const vectors = (step.store === "add" ? 2 : 1) + (step.bias === null ? 0 : 1);
  const outputs = vectors * 4 * rows;
  return linearWork({
    family,
    bytes: weightBytes(step) + inputs + outputs,
    flops: 2 * rows * cols,
    sparse: format.sparse,
    bits: formatRow(format.id).bits,
    activationBits,
  });
}

function weightBytes({ weights: ref }: Extract<Step, { op: "linear" | "embed" }>): number {
  const { weights, scales, positions } = refBytes(ref);
  return weights + scales + positions;
}

/** Codes of an input with a scale and a sum for each 32. */
function codeBytes(form: "bytes" | "planes", input: { bits: number; cols: number }): number {
  const spans = Math.ceil(input.cols / 32);
  return spans * 8 + (form === "bytes" ? input.cols : (spans * 32 * input.bits) / 8);
}
