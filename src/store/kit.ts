import type { ReportParts } from "../lab/build-report.ts";
import type { Jobs } from "./jobs.ts";
import type { ReportEntry, SessionRow, State, Surroundings } from "./types.ts";

/** What every group of verbs works with. */
export interface Kit {
  readonly around: Surroundings;
  readonly jobs: Jobs;
  get(): State;
  set(part: Partial<State>): void;
}

/** The engine's errors are sentences for the user; anything else is told as it is. */
export function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text === "" ? "Something went wrong without saying what." : text;
}

export function rowOf(state: Pick<State, "rows">, setting: string): SessionRow | undefined {
  return state.rows.find((row) => row.setting === setting);
}

/** Changes what is known of a setting; settings without a row are left alone. */
export function updateRow(kit: Kit, setting: string, part: Partial<SessionRow>): void {
  const rows = kit.get().rows.map((row) => (row.setting === setting ? { ...row, ...part } : row));
  kit.set({ rows });
}

/** What a report of this device, model and moment is made of. Throws while there is nothing to report. */
export function reportParts({ around, get }: Kit, settings: readonly ReportEntry[]): ReportParts {
  const { adapter, model, reference, roofs } = get();
  if (!adapter || !model || !reference || settings.length === 0) {
    throw new Error("There is nothing to report yet: no setting is measured.");
  }
  return {
    appVersion: around.version,
    agent: around.agent,
    time: new Date().toISOString(),
    adapter,
    roofs,
    model,
    reference: reference.setting,
    settings,
  };
}
