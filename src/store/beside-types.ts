import type { BesideRow } from "../lab/beside.ts";
import type { Download, ReportKind } from "./types.ts";

/** Another program on the same weights, beside our engine. */
export interface BesideState {
  readonly besideStatus: "idle" | "running" | "done";
  readonly besideProgress: { readonly fraction: number; readonly note: string } | null;
  /** What was measured last; a setting has a row with what the other program made of it. */
  readonly besideRows: readonly BesideRow[];
  /** What the other program cannot run, a sentence each. */
  readonly besideNotes: readonly string[];
  readonly besideFault: string | null;
}

export interface BesideVerbs {
  /** Measures the setting of the dials and the reference, in both programs. */
  runBeside(): Promise<void>;
  stopBeside(): Promise<void>;
  exportBeside(kind: ReportKind): Promise<Download>;
}
