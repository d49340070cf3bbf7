import type { Judged } from "./judged.ts";
import { ULP } from "./judged.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";
import {
  isNarrow,
  type Reduce,
  reduceEnables,
  reduceFile,
  type Source,
  sourceFor,
} from "./variant.ts";

export interface RmsnormOptions {
  readonly width: number;
  /** Values of x from the binding's start to the batch's end, if known: few enough are bound as a uniform. */
  readonly xFloats?: number;
  readonly x?: Source;
  readonly reduce?: Reduce;
  readonly lanes?: number;
  /** Writes, or adds to what stands there; "set" when absent. */
  readonly store?: "set" | "add";
}

export interface RmsnormShape {
  /** A multiple of 4, as the strides. */
  readonly width: number;
  readonly xStride: number;
  readonly yStride: number;
  readonly eps: number;
  /** The batch's last token alone, into row 0. */
  readonly lastOnly: boolean;
}

export function rmsnormShader(options: RmsnormOptions, features: DeviceFeatures): ShaderKey {
  return normShader("rmsnorm", options, features);
}

/** The same rows, lanes and bindings for both kinds of norm. */
export function normShader(
  kernel: "rmsnorm" | "layernorm",
  options: RmsnormOptions,
  features: DeviceFeatures,
): ShaderKey {
  const { store = "set" } = options;
  const x = options.x ?? sourceFor(options.xFloats);
  const reduce = options.reduce ?? (features.subgroups ? "subgroup" : "workgroup");
  const quads = 2 ** Math.ceil(Math.log2(options.width / 4));
  const lanes = options.lanes ?? Math.max(4, Math.min(isNarrow(features) ? 8 : 64, quads));
  return {
    label: `${kernel}/${x}-${reduce}-l${lanes}${store === "add" ? "/add" : ""}`,
    files: [
      `kernels/${kernel}`,
      "lib/state",
      `lib/activation_${x}`,
      reduceFile(reduce),
      `lib/norm_${store}`,
    ],
    constants: {},
    enables: reduceEnables(reduce),
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "x", binding: 1, access: x === "uniform" ? "uniform" : "read" },
      { name: "gain", binding: 2, access: "read" },
      { name: "y", binding: 3, access: "read_write" },
      { name: "state", binding: 4, access: "read" },
      ...(kernel === "layernorm" ? [{ name: "bias", binding: 5, access: "read" } as const] : []),
    ],
    overrides: { LANES: lanes },
  };
}

export function rmsnormParams({
  width,
  xStride,
  yStride,
  eps,
  lastOnly,
}: RmsnormShape): Uint32Array {
  const words = Uint32Array.of(width, xStride, yStride, 0, lastOnly ? 1 : 0);
  new Float32Array(words.buffer)[3] = eps;
  return words;
}

/** A workgroup a token; one for all with `lastOnly`. */
export function rmsnormGrid(tokens: number): [number, number, number] {
  return [1, tokens, 1];
}

/** One row: y [width] of x [width] and gain [width]. The bound lets the squares be summed in any order. */
export function rmsnormRef(x: Float32Array, gain: Float32Array, eps: number): Judged {
  const width = x.length;
  let squares = 0;
  for (const value of x) squares += value * value;
  const scale = 1 / Math.sqrt(squares / width + Math.fround(eps));
  const values = Float64Array.from(x, (value, k) => value * scale * (gain[k] ?? 0));
  return {
    values,
    bounds: values.map((value) => Math.abs(value) * (width / 2 + 24) * (ULP / 2) + 2 ** -120),
  };
}
