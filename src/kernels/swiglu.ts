import { type Activation, activationBound, activationOf } from "./activation.ts";
import { type Judged, ULP } from "./judged.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import { type Source, sourceFor } from "./variant.ts";

const LANES = 64;

export interface SwigluOptions {
  /** Values of x from the binding's start to the batch's end, if known: few enough are bound as a uniform. */
  readonly xFloats?: number;
  readonly x?: Source;
  /** "silu" when absent, which gave the kernel its name. */
  readonly activation?: Activation;
}

/** All multiples of 4. */
export interface SwigluShape {
  readonly width: number;
  readonly xStride: number;
  /** From a gate to its up. */
  readonly upOffset: number;
  readonly yStride: number;
}

export function swigluShader(options: SwigluOptions, _features: DeviceFeatures): ShaderKey {
  const { activation = "silu" } = options;
  const x = options.x ?? sourceFor(options.xFloats);
  return {
    label: `swiglu/${activation === "silu" ? "" : `${activation}-`}${x}`,
    files: ["kernels/swiglu", `lib/activation_${x}`, `lib/act_${activation}`],
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

export function swigluParams({ width, xStride, upOffset, yStride }: SwigluShape): Uint32Array {
  return Uint32Array.of(width, xStride, upOffset, yStride);
}

export function swigluGrid(width: number, tokens: number): [number, number, number] {
  return [Math.ceil(width / (4 * LANES)), tokens, 1];
}

/** One row: y of gates and ups. */
export function swigluRef(
  gate: Float32Array,
  up: Float32Array,
  activation: Activation = "silu",
): Judged {
  const act = activationOf(activation);
  const values = Float64Array.from(gate, (g, k) => act(g) * (up[k] ?? 0));
  const bounds = values.map((value, k) => {
    const off = activationBound(activation, gate[k] ?? 0) * Math.abs(up[k] ?? 0);
    return off + Math.abs(value) * ULP;
  });
  return { values, bounds };
}
