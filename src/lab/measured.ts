import type { Estimate } from "./quality.ts";
import type { ReportEntry, ReportQuality } from "./report.ts";
import { type Timing, timing } from "./speed.ts";

/** Null where a report has no repeats: they may be absent or an empty list. */
export function prefillTiming({ speed }: ReportEntry): Timing | null {
  return speed && speed.prefillMs.length > 0 ? timing(speed.prefillMs, speed.promptTokens) : null;
}

export function decodeTiming({ speed }: ReportEntry): Timing | null {
  return speed && speed.decodeMs.length > 0 ? timing(speed.decodeMs, 1) : null;
}

/** Mean KL to the reference, which is 0 for the reference itself and then nothing that was measured. */
export function meanKl({ quality, role }: ReportEntry): Estimate | null {
  if (quality) return quality.kl.mean;
  return role === "reference" ? { value: 0, interval: null } : null;
}

/** What has to be equal before two qualities may be held against each other. */
export function protocolOf({ text, window, stride }: ReportQuality): string {
  return `${text.sha256} ${window}/${stride}`;
}
