import { type Activation, activationBound, activationOf } from "./activation.ts";
import type { Judged } from "./judged.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import { type Source, sourceFor } from "./variant.ts";

const LANES = 64;

export interface ActivateOptions {
  readonly activation: Activation;
  /** Values of x from the binding's start to the batch's end, if known: few enough are bound as a uniform. */
  readonly xFloats?: number;
  readonly x?: Source;
}

/** All multiples of 4. */
export interface ActivateShape {
  readonly width: number;
  readonly xStride: number;
  readonly yStride: number;
}

/** The activation of a feed-forward block without a gate. */
export function activateShader(options: ActivateOptions, _features: DeviceFeatures): ShaderKey {
  const { activation } = options;
  const x = options.x ?? sourceFor(options.xFloats);
  return {
    label: `activate/${activation}-${x}`,
    files: ["kernels/activate", `lib/activation_${x}`, `lib/act_${activation}`],
    constants: {},
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "x", binding: 1, access: x === "uniform" ? "uniform" : "read" },
      { name: "y", binding: 2, access: "read_write" },
    ],
    overrides: { LANES },
  };
}

export function activateParams({ width, xStride, yStride }: ActivateShape): Uint32Array {
  return Uint32Array.of(width, xStride, yStride);
}

export function activateGrid(width: number, tokens: number): [number, number, number] {
  return [Math.ceil(width / (4 * LANES)), tokens, 1];
}

export function activateRef(x: Float32Array, activation: Activation): Judged {
  return {
    values: Float64Array.from(x, activationOf(activation)),
    bounds: Float64Array.from(x, (value) => activationBound(activation, value)),
  };
}
