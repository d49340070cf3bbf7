import { type Judged, ULP } from "./judged.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import { type Source, sourceFor } from "./variant.ts";

const LANES = 64;

export interface SwigluOptions {
  /** Values of x from the binding's start to the batch's end, if known: few enough are bound as a uniform. */
  readonly xFloats?: number;
  readonly x?: Source;
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
  const x = options.x ?? sourceFor(options.xFloats);
  return {
    label: `swiglu/${x}`,
    files: ["kernels/swiglu", `lib/activation_${x}`],
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

/** One row: y of gates and ups. WGSL lets exp be off by 3 + 2 |x| units and a quotient by 2.5. */
export function swigluRef(gate: Float32Array, up: Float32Array): Judged {
  const values = Float64Array.from(gate, (g, k) => (g / (1 + Math.exp(-g))) * (up[k] ?? 0));
  const bounds = values.map((value, k) => {
    const units = 8 + 2 * Math.abs(gate[k] ?? 0);
    return Math.abs(value) * units * ULP + Math.abs(up[k] ?? 0) * 2 ** -100;
  });
  return { values, bounds };
}
