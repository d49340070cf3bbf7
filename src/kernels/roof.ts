import type { BindingSpec, DeviceFeatures, ShaderKey } from "./spec.ts";
import { isNarrow } from "./variant.ts";

/** What limits a kernel: memory read and written, or one of three ways to multiply and add. */
export const ROOFS = ["copy", "fma", "dp4a", "popcount"] as const;
export type RoofKind = (typeof ROOFS)[number];
export type ComputeRoof = Exclude<RoofKind, "copy">;

const LANES = 64;
/** llvmpipe copies twice as fast when a workgroup is no wider than its vectors. */
const NARROW_LANES = 8;
const CHAINS = 8;
/** Steps that each chain takes in one round of a shader's loop. */
const STEPS = 4;

/**
 * Operations of one step of one chain, each a multiplication or an addition of two numbers, so that the
 * rates stand beside a kernel's GFLOP/s. fma: one of each. dp4a: four bytes multiplied, four products added.
 * popcount: the AND of two words multiplies 32 pairs of bits, and its popcount with the addition sums them up.
 */
const STEP_OPERATIONS: Readonly<Record<ComputeRoof, number>> = { fma: 2, dp4a: 8, popcount: 64 };

/** "dp4a" needs packedDot. */
export function roofShader(kind: RoofKind, features: DeviceFeatures): ShaderKey {
  const x: BindingSpec = { name: "x", binding: 1, access: "read" };
  return {
    label: `roof/${kind}`,
    files: [`kernels/roof_${kind}`],
    constants: {},
    enables: [],
    bindings: [
      { name: "params", binding: 0, access: "uniform" },
      ...(kind === "copy" ? [x] : []),
      { name: "y", binding: kind === "copy" ? 2 : 1, access: "read_write" },
    ],
    overrides: { LANES: kind === "copy" ? copyLanes(features) : LANES },
  };
}

/** A dispatch that only counts itself. */
export const dispatchShader: ShaderKey = {
  label: "roof/dispatch",
  files: ["kernels/roof_dispatch"],
  constants: {},
  enables: [],
  bindings: [{ name: "y", binding: 0, access: "read_write" }],
  overrides: {},
};

function copyLanes(features: DeviceFeatures): number {
  return isNarrow(features) ? NARROW_LANES : LANES;
}

export function copyParams(rounds: number): Uint32Array {
  return Uint32Array.of(rounds);
}

/** What a workgroup copies. */
export function copyBytes(rounds: number, features: DeviceFeatures): number {
  return copyLanes(features) * rounds * 16;
}

export function computeParams(kind: ComputeRoof, rounds: number): Uint32Array {
  switch (kind) {
    case "fma":
      return Uint32Array.of(rounds, ...new Uint32Array(Float32Array.of(TIMES, PLUS).buffer));
    case "dp4a":
      return Uint32Array.of(rounds, FACTOR);
    case "popcount":
      return Uint32Array.of(rounds, MASK);
    default:
      throw new Error(`No roof ${kind satisfies never}`);
  }
}

/** Results of so many workgroups: one word a lane. */
export function computeWords(groups: number): number {
  return groups * LANES;
}

/** Operations of a dispatch. */
export function computeOperations(kind: ComputeRoof, groups: number, rounds: number): number {
  return groups * LANES * rounds * CHAINS * STEPS * STEP_OPERATIONS[kind];
}

/** Keep every number of a chain a small whole one: fused or not, its f32 results are exact. */
const TIMES = -1;
const PLUS = 3;
/** Bytes 3, -7, 127, -128, lowest first. */
const FACTOR = 0x807ff903;
const MASK = 0xb6db6db7;
/** Lane times this is where its integer chains start. */
const SCATTER = 0x9e3779b9;

/** What a lane writes, as the bits of its word. */
export function computeRef(kind: ComputeRoof, lane: number, rounds: number): number {
  let sum = 0;
  for (let chain = 0; chain < CHAINS; chain++) {
    let a = kind === "fma" ? (lane & 15) + chain : (Math.imul(lane, SCATTER) + chain) >>> 0;
    for (let i = 0; i < rounds * STEPS; i++) {
      if (kind === "fma") a = a * TIMES + PLUS;
      else a = (a + (kind === "dp4a" ? dotBytes(a, FACTOR) : ones(a & MASK))) >>> 0;
    }
    sum += a;
  }
  return kind === "fma" ? (new Uint32Array(Float32Array.of(sum).buffer)[0] ?? 0) : sum >>> 0;
}

function dotBytes(a: number, b: number): number {
  let sum = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    sum += ((a << (24 - shift)) >> 24) * ((b << (24 - shift)) >> 24);
  }
  return sum;
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count++;
  return count;
}
