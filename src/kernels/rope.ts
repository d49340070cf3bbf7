import { type Judged, ULP } from "./judged.ts";
import type { DeviceFeatures, ShaderKey } from "./spec.ts";

const LANES = 64;

export interface RopeShape {
  readonly heads: number;
  readonly kvHeads: number;
  /** Even. */
  readonly headDim: number;
}

export interface RopeOptions {
  readonly headDim: number;
  /** Values of a head that are turned, even: all of them, the first so many, or none. */
  readonly dims: number;
  /** Keys are turned in place and values left there, for kernels/append, instead of going into caches of f32. */
  readonly later?: boolean;
}

export function ropeShader(options: RopeOptions, _features: DeviceFeatures): ShaderKey {
  const { headDim, dims, later = false } = options;
  const turn = dims === headDim ? "whole" : dims === 0 ? "none" : "part";
  return {
    label: `rope${turn === "whole" ? "" : `/${turn}${dims || ""}`}${later ? "/later" : ""}`,
    files: [
      "kernels/rope",
      "lib/state",
      `lib/turn_${turn}`,
      later ? "lib/keep_later" : "lib/keep_f32",
    ],
    constants: {},
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      { name: "state", binding: 1, access: "read" },
      ...(turn === "none" ? [] : [{ name: "table", binding: 2, access: "read" } as const]),
      { name: "qkv", binding: 3, access: "read_write" },
      ...(later
        ? []
        : [
            { name: "k_cache", binding: 4, access: "read_write" } as const,
            { name: "v_cache", binding: 5, access: "read_write" } as const,
          ]),
    ],
    overrides: turn === "part" ? { LANES, TURNED: dims / 2 } : { LANES },
  };
}

/** `stride` is that of a token in qkv, `capacity` the positions of the caches. */
export function ropeParams(shape: RopeShape & { stride: number; capacity: number }): Uint32Array {
  const { heads, kvHeads, headDim, stride, capacity } = shape;
  return Uint32Array.of(heads, kvHeads, headDim, stride, capacity);
}

/** A lane a pair, of queries, keys and values alike. */
export function ropeGrid(
  { heads, kvHeads, headDim }: RopeShape,
  tokens: number,
): [number, number, number] {
  return [Math.ceil(((heads + 2 * kvHeads) * headDim) / (2 * LANES)), tokens, 1];
}

/**
 * cos and sin of every position and frequency (radians a position), [positions][frequencies][2], times `magnitude`; from f64: sin and cos
 * of WGSL may be off by 2^-11, and more at large angles.
 */
export function ropeTable(
  frequencies: Float64Array,
  magnitude: number,
  positions: number,
): Float32Array {
  const table = new Float32Array(positions * frequencies.length * 2);
  let at = 0;
  for (let position = 0; position < positions; position++) {
    for (const frequency of frequencies) {
      table[at++] = Math.cos(position * frequency) * magnitude;
      table[at++] = Math.sin(position * frequency) * magnitude;
    }
  }
  return table;
}

/** One head [headDim] turned by its position's row of the table, [headDim / 2][2]. */
export function ropeRef(head: Float32Array, turns: Float32Array): Judged {
  const half = head.length / 2;
  const values = new Float64Array(head.length);
  const bounds = new Float64Array(head.length);
  for (let i = 0; i < half; i++) {
    const [a, b] = [head[i] ?? 0, head[half + i] ?? 0];
    const [cos, sin] = [turns[2 * i] ?? 0, turns[2 * i + 1] ?? 0];
    values[i] = a * cos - b * sin;
    values[half + i] = b * cos + a * sin;
    // Both products and the sum are rounded.
    bounds[i] = (Math.abs(a * cos) + Math.abs(b * sin)) * ULP + 2 ** -125;
    bounds[half + i] = (Math.abs(b * cos) + Math.abs(a * sin)) * ULP + 2 ** -125;
  }
  return { values, bounds };
}
