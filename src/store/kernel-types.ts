import type {
  KernelCopy,
  KernelOp,
  KernelRow,
  KernelSource,
  KernelVerdict,
} from "../engine/protocol.ts";
import type { Download } from "./types.ts";

/** A changed kernel that passed its checks and computes in this browser until it is taken away. */
export interface KeptCopy extends KernelCopy {
  /** Where it passed, and when (ISO). */
  readonly adapter: string;
  readonly at: string;
  /** Its time as a share of the original's, on the shape that was chosen then. */
  readonly ratio: number;
  readonly shape: string;
}

/** The kernel being changed. */
export interface CopyDraft {
  readonly source: KernelSource;
  readonly code: string;
  /** Of the text as it was when it was checked. */
  readonly verdict: KernelVerdict | null;
}

export interface KernelsState {
  readonly kernelOp: KernelOp;
  /** As written: outputs x inputs, or tokens x outputs x inputs. */
  readonly kernelShape: string;
  /** The kernel whose variants and text are shown, as a setting writes its format. */
  readonly kernelFormat: string;
  readonly kernelSources: readonly KernelSource[];
  readonly kernelVariant: string | null;
  /** What was measured, by op, format and shape (`kernelKey`). */
  readonly kernelRows: Readonly<Record<string, readonly KernelRow[]>>;
  /** What is being measured or checked. */
  readonly kernelRun: {
    readonly what: "measure" | "judge";
    readonly format: string;
    readonly fraction: number;
    readonly note: string;
  } | null;
  readonly kernelFault: string | null;
  readonly copyDraft: CopyDraft | null;
  readonly copies: readonly KeptCopy[];
}

export interface KernelVerbs {
  setKernelOp(op: KernelOp): Promise<void>;
  setKernelShape(text: string): Promise<void>;
  showKernel(format: string): Promise<void>;
  showVariant(variant: string): Promise<void>;
  /** Measures every variant of each format on the chosen op and shape. */
  runKernels(formats: readonly string[]): Promise<void>;
  exportKernels(kind: "json" | "csv"): Promise<Download>;
  /** Opens a copy of the shown text for changing: the kept one if there is one. */
  editCopy(): Promise<void>;
  changeCopy(code: string): Promise<void>;
  closeCopy(): Promise<void>;
  judgeCopy(): Promise<void>;
  /** Keeps the copy that passed, and computes with it from now on. */
  takeCopy(): Promise<void>;
  removeCopy(label: string): Promise<void>;
  /** Kernels that were changed on an earlier visit compute again; before anything is applied. */
  restoreCopies(text: string): Promise<void>;
}
