import type { Family } from "../kernels/linear-variants.ts";
import { type Arithmetic, type Placement, place, type Roofs, type Work } from "../lib/roof.ts";

/** What one run of a matrix product has to do at least. */
export interface KernelWork {
  readonly family: Family;
  readonly bytes: number;
  /** A multiplication and an addition for each weight and token, pruned weights included. */
  readonly flops: number;
  readonly sparse: boolean;
  readonly bits: number;
  readonly activationBits: number;
}

/** A kernel of `ms` under min(bandwidth x intensity, compute roof); undefined where its roof was not measured. */
export function placeKernel(roofs: Roofs, work: KernelWork, ms: number): Placement | undefined {
  return place(roofs, linearWork(work), ms);
}

const arithmeticOf: Readonly<Record<Family, Arithmetic>> = {
  dequant: "fma",
  dp4a: "dp4a",
  bitserial: "popcount",
  // Integer sums of bytes, though it looks most of them up.
  lut: "dp4a",
};

/** The work in operations of the roof that its family stands under. */
export function linearWork(work: KernelWork): Work {
  const { family, bytes, flops, sparse, bits, activationBits } = work;
  // Every plane of the weights meets every plane of the activations.
  const planes = family === "bitserial" ? bits * activationBits : 1;
  // Pruned weights are counted but need not be multiplied: half of the work is for nothing.
  const needed = sparse ? flops / 2 : flops;
  return {
    bytes,
    operations: flops,
    arithmetic: arithmeticOf[family],
    roofOperations: needed * planes,
  };
}
