import type { Placement, Roofs } from "../lib/roof.ts";

/** Single kernels, measured, shown and changed; a part of the protocol. */

export type KernelOp = "matvec" | "matmul";

/** y [m][n] = x [m][k] times the matrix [n][k]. */
export interface KernelShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export interface KernelQuery {
  readonly op: KernelOp;
  /** A setting, of which head and layers are no matter here: "int4-g32+2:4", "int2-g32+a8+bitserial". */
  readonly format: string;
  readonly shape: KernelShape;
}

export interface KernelRow {
  readonly op: string;
  /** "int4-g32", "int4-g32+2:4", "int2-g32+a8+bitserial" */
  readonly format: string;
  /** Tokens x outputs x inputs: "1x1024x1024" */
  readonly shape: string;
  /** "uniform-l32-s1"; of a changed copy "uniform-l32-s1/copy" */
  readonly variant: string;
  /** Median over the samples. NaN, as all figures, where `error` says what is wrong. */
  readonly ms: number;
  readonly gbPerSecond: number;
  /** A multiplication and an addition for each weight and token, pruned weights included. */
  readonly gflops: number;
  readonly samples: number;
  /** (p90 - p10) / median */
  readonly spread: number;
  /** Bytes that one run must move: weights with scales and positions, activations in, results out. */
  readonly bytes: number;
  /** What it needs of the arithmetic whose roof it stands under. */
  readonly roofOperations: number;
  /** Where it stands under the device's roofs, if those are known. */
  readonly roof?: Placement;
  /** Of the assembled shader. */
  readonly wgslSha256: string;
  /** Why there is no time: the kernel computes something wrong here, or does not run. */
  readonly error?: string;
}

export interface KernelBenchRequest extends KernelQuery {
  readonly roofs: Roofs | null;
  /** How long the samples may take together; a few are taken in any case. */
  readonly caseMs?: number;
}

/** The assembled shader of one variant. */
export interface KernelSource {
  readonly op: KernelOp;
  readonly format: string;
  readonly variant: string;
  /** "matvec/int4-g32/uniform-l32-s1": what a changed copy is kept under. */
  readonly label: string;
  readonly code: string;
  readonly sha256: string;
}

/** A changed shader that takes the place of the one with its label. */
export interface KernelCopy {
  readonly label: string;
  /** Of the kernel in a setting's variants: "matvec/int4-g32/dequant" -> "uniform-l32-s1". */
  readonly op: string;
  readonly variant: string;
  readonly code: string;
  readonly sha256: string;
}

/** A copy that computes for a side. */
export type UsedCopy = Omit<KernelCopy, "code">;

export interface JudgeRequest extends KernelBenchRequest {
  readonly variant: string;
  readonly code: string;
}

/** What the compiler says; lines and columns count from 1, and 0 is the whole. */
export interface KernelMessage {
  readonly type: "error" | "warning" | "info";
  readonly line: number;
  readonly column: number;
  /** Characters, 0 where unknown. */
  readonly length: number;
  readonly text: string;
  /** "kernels/matvec.wgsl:12" */
  readonly place: string;
}

export interface KernelCheck {
  /** "5x21x172, add": tokens x outputs x inputs, and what is done with the outputs. */
  readonly name: string;
  /** Null where it computes what the CPU does. */
  readonly fault: string | null;
}

/** What became of a changed copy; it may be used when it compiles and every check holds. */
export interface KernelVerdict {
  readonly ok: boolean;
  readonly messages: readonly KernelMessage[];
  readonly checks: readonly KernelCheck[];
  /** The original and the copy in turns; empty where the copy did not get as far. */
  readonly rows: readonly KernelRow[];
  /** What it would be used as. */
  readonly copy: KernelCopy;
}
