import type { ActivationGroup } from "../quant/activations.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import { type Source, sourceFor } from "./variant.ts";

const LANES = 32;

/** "bytes" for the packed dot product, "planes" for bit-serial kernels, "fake" as floats again for formats without integer kernels. */
export type QuantizeForm = "bytes" | "planes" | "fake";

export interface QuantizeOptions {
  readonly form: QuantizeForm;
  /** 2 to 8 */
  readonly bits: number;
  /** Inputs that share a scale, 32 when absent. */
  readonly group?: ActivationGroup;
  /** Values of x from the binding's start to the batch's end, if known: few enough are bound as a uniform. */
  readonly xFloats?: number;
  readonly x?: Source;
}

/**
 * Codes as src/quant/activations.ts gives them, bit for bit. "bytes": xq u32 [token][span][8]; "planes": xq u32 [token][span][bits]; both:
 * xs [token][span] of two words, the scale's f32 and the codes' sum as i32. "fake": y f32 [token][yStride].
 */
export function quantizeShader(options: QuantizeOptions, _features: DeviceFeatures): ShaderKey {
  const { form, bits, group = 32 } = options;
  const row = group === "row";
  const x = options.x ?? sourceFor(options.xFloats);
  return {
    label: `quantize/a${bits}${row ? "-row" : ""}-${form}/${x}`,
    files: [
      "kernels/quantize",
      "lib/reciprocal",
      ...(row ? ["lib/reach_row", "lib/reduce_workgroup"] : ["lib/reach_span"]),
      `lib/codes_${form}`,
      `lib/activation_${x}`,
    ],
    constants: { BITS: bits },
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "x", binding: 1, access: x === "uniform" ? "uniform" : "read" },
      ...(form === "fake"
        ? [{ name: "y", binding: 2, access: "read_write" } as const]
        : [
            { name: "xq", binding: 2, access: "read_write" } as const,
            { name: "xs", binding: 3, access: "read_write" } as const,
          ]),
    ],
    overrides: { LANES },
  };
}

/** `blocks` of 32 inputs; strides are multiples of 32, and x is zero beyond its width. */
export function quantizeParams(shape: {
  blocks: number;
  xStride: number;
  yStride: number;
}): Uint32Array {
  return Uint32Array.of(shape.blocks, shape.xStride, shape.yStride);
}

/** A lane a block. */
export function quantizeGrid(blocks: number, tokens: number): [number, number, number] {
  return [Math.ceil(blocks / LANES), tokens, 1];
}
