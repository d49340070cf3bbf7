import type { Jobs } from "./jobs.ts";
import type { SessionRow, State, Surroundings } from "./types.ts";

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
