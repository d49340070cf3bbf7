import { type Judged, ULP } from "./judged.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";

const LANES = 64;

/** Multiplies embeddings, or adds the learned vectors of their positions. */
export type Placing = { readonly scale: number } | "learned";

export function placeShader(placing: Placing, _features: DeviceFeatures): ShaderKey {
  const learned = placing === "learned";
  return {
    label: `place/${learned ? "learned" : "scaled"}`,
    files: ["kernels/place", "lib/state", `lib/placed_${learned ? "learned" : "scaled"}`],
    constants: {},
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "state", binding: 1, access: "read" },
      { name: "x", binding: 2, access: "read_write" },
      ...(learned ? [{ name: "table", binding: 3, access: "read" } as const] : []),
    ],
    overrides: learned ? { LANES } : { LANES, SCALE: placing.scale },
  };
}

/** Multiples of 4. */
export function placeParams(width: number, stride: number): Uint32Array {
  return Uint32Array.of(width, stride);
}

export function placeGrid(width: number, tokens: number): [number, number, number] {
  return [Math.ceil(width / (4 * LANES)), tokens, 1];
}

/** One token's row x [width]; `vector` [width] is that of its position. */
export function placeRef(x: Float32Array, placing: Placing, vector: Float32Array): Judged {
  const values = Float64Array.from(x, (value, k) =>
    placing === "learned" ? value + (vector[k] ?? 0) : value * Math.fround(placing.scale),
  );
  return { values, bounds: values.map((value) => Math.abs(value) * ULP + 2 ** -125) };
}
