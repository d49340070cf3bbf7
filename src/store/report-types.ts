import type { Report } from "../lab/report.ts";
import type { SweepProgress } from "../lab/sweep.ts";
import type { Verdict } from "../lab/verify.ts";

export type { Report } from "../lab/report.ts";
export type { Verdict } from "../lab/verify.ts";

/** A report that somebody else may have written, on some other device; all of it is validated. */
export interface ImportedReport {
  /** SHA-256 of what it says. */
  readonly id: string;
  /** The file's, and unlike every other report's here. */
  readonly name: string;
  readonly report: Report;
}

/** A file of which nothing is shown but why. */
export interface RefusedFile {
  readonly name: string;
  readonly sentence: string;
  /** The first bad fields; one alone is in the sentence already. */
  readonly fields: readonly string[];
}

/** A report that is, or was, measured again here. */
export interface Verification {
  readonly id: string;
  readonly status: "running" | "done" | "stopped" | "failed";
  readonly progress: SweepProgress | null;
  /** In the report's order, row by row. */
  readonly verdicts: readonly Verdict[];
  /** Settings that are measured again, of how many. */
  readonly done: number;
  readonly count: number;
  readonly fault: string | null;
}

/** What a browser's File is, as far as the store needs it. */
export interface ReportFile {
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  text(): Promise<string>;
}

export interface ReportsState {
  /** In the order in which they came. */
  readonly imported: readonly ImportedReport[];
  readonly refused: readonly RefusedFile[];
  readonly verification: Verification | null;
}

export interface ReportVerbs {
  /** Takes the good ones and says of each bad one why it is refused. */
  importReports(files: readonly ReportFile[]): Promise<void>;
  removeReport(id: string): Promise<void>;
  dismissRefused(): void;
  restoreReports(): Promise<void>;
  /** This device's sweep as a report, to stand beside others; null while nothing is measured. */
  ownReport(): Report | null;
  verifyReport(id: string): Promise<void>;
  stopVerifying(): Promise<void>;
  dismissVerification(): void;
}
