import type { Family } from "../kernels/linear.ts";

/** A rate in 1e9 a second: the median of its samples. */
export interface Roof {
  readonly median: number;
  readonly samples: number;
  /** (p90 - p10) / median */
  readonly spread: number;
}

/**
 * What the device does at best. GFLOP/s and Gop/s count multiplications and additions: two a multiply-add, 8 a
 * packed dot product of four bytes, 64 an AND with popcount of 32 bits.
 */
export interface Roofs {
  /** Bytes read and bytes written, both counted. */
  readonly copyGbPerSecond: Roof;
  readonly fmaGflops: Roof;
  /** null without the WGSL feature packed_4x8_integer_dot_product. */
  readonly dp4aGops: Roof | null;
  readonly popcountGops: Roof;
}

/** What one run of a kernel has to do at least. */
export interface KernelWork {
  readonly family: Family;
  readonly bytes: number;
  /** A multiplication and an addition for each weight and token, pruned weights included. */
  readonly flops: number;
  readonly sparse: boolean;
  readonly bits: number;
  readonly activationBits: number;
}

export interface Placement {
  /** Of the rate that the lower roof allows; above 1 where a cache serves what the roof takes from memory. */
  readonly share: number;
  readonly bound: "memory" | "compute";
}

/** A kernel of `ms` under min(bandwidth x intensity, compute roof); undefined where its roof was not measured. */
export function placeKernel(roofs: Roofs, work: KernelWork, ms: number): Placement | undefined {
  const compute = computeRoof(roofs, work);
  if (compute === undefined) return undefined;
  const memory = roofs.copyGbPerSecond.median * (work.flops / work.bytes);
  const reached = work.flops / ms / 1e6;
  return {
    share: reached / Math.min(memory, compute),
    bound: memory < compute ? "memory" : "compute",
  };
}

/** In GFLOP/s as kernels count them. */
function computeRoof(roofs: Roofs, work: KernelWork): number | undefined {
  // Pruned weights are counted but need not be multiplied: half of the work is for nothing.
  const counted = work.sparse ? 2 : 1;
  switch (work.family) {
    case "dequant":
      return counted * roofs.fmaGflops.median;
    case "dp4a":
      return roofs.dp4aGops ? counted * roofs.dp4aGops.median : undefined;
    case "bitserial":
      // Every plane of the weights meets every plane of the activations.
      return roofs.popcountGops.median / (work.bits * work.activationBits);
    default:
      throw new Error(`No kernel family ${work.family satisfies never}`);
  }
}
