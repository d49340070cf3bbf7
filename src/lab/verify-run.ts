import type { Engine, SettingState } from "../engine/protocol.ts";
import type { Report, ReportEntry, ReportQuality } from "./report.ts";
import { type SweepProgress, type SweepRequest, sweep } from "./sweep.ts";
import { compareEntries, type Verdict } from "./verify.ts";

export interface VerifyHooks {
  /** Called as soon as a setting is measured again. */
  readonly onVerdicts: (verdicts: readonly Verdict[]) => void;
  /** Of the whole report. */
  readonly onProgress: (progress: SweepProgress) => void;
  readonly onState?: (state: SettingState) => void;
  readonly signal: AbortSignal;
}

/** A stranger's report must not ask for hours of repeats. */
const MOST_REPEATS = 20;

/** The first quality that was measured on another text than the one with this hash. */
export function foreignQuality(report: Report, textSha256: string): ReportQuality | null {
  for (const { quality } of report.settings) {
    if (quality && quality.text.sha256 !== textSha256) return quality;
  }
  return null;
}

/**
 * Measures every setting of a report again, each by its own protocol, and holds it against the report. Settings that no engine could
 * pack are refused before the first is measured. Ends early, without a word, when aborted.
 */
export async function verifyReport(
  engine: Engine,
  report: Report,
  text: string,
  { onVerdicts, onProgress, onState, signal }: VerifyHooks,
): Promise<void> {
  const { settings, reference } = report;
  for (const setting of [reference, ...settings.map((entry) => entry.setting)]) {
    await engine.estimate(setting);
  }
  for (const [done, reported] of settings.entries()) {
    if (signal.aborted) return;
    await sweep(engine, requestOf(reported, reference, text), {
      signal,
      onProgress: (progress) =>
        onProgress({
          ...progress,
          done,
          count: settings.length,
          fraction: (done + progress.fraction) / settings.length,
        }),
      ...(onState ? { onState } : {}),
      onEntry: (here) => onVerdicts(compareEntries(reported, here)),
    });
  }
}

function requestOf(
  { setting, quality, speed }: ReportEntry,
  reference: string,
  text: string,
): SweepRequest {
  // As many as the report has, steady or not.
  const repeats = Math.min(MOST_REPEATS, Math.max(1, speed?.decodeMs.length ?? 1));
  return {
    settings: [setting],
    reference,
    quality: quality && {
      text,
      name: quality.text.name,
      sha256: quality.text.sha256,
      window: quality.window,
      stride: quality.stride,
      maxTokens: quality.tokens,
    },
    speed: speed && {
      promptTokens: Math.max(1, speed.promptTokens),
      tokens: Math.max(2, speed.tokens),
      rule: { leastRepeats: repeats, mostRepeats: repeats, mostMs: 0 },
    },
  };
}
