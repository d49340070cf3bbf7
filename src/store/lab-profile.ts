import { withFigures } from "../lab/build-report.ts";
import { entryOf } from "./session-report.ts";
import type { ReportEntry, State } from "./types.ts";

export { DENSITY_WORDS } from "../lab/density.ts";
export { METRIC_WORDS } from "../lab/metrics.ts";
export { MODULE_WORDS } from "../lab/module-names.ts";
export { type PlacedKernel, placedKernels, tokenTime } from "../lab/modules.ts";

/** The candidate's setting with where its token's time goes: of the session if it was timed there, else of the sweep. */
export function profiledEntry({
  rows,
  sweepEntries,
  applied,
  roofs,
  model,
  reference,
}: Pick<
  State,
  "rows" | "sweepEntries" | "applied" | "roofs" | "model" | "reference"
>): ReportEntry | null {
  if (!applied || !model || !reference) return null;
  const row = rows.find(({ setting }) => setting === applied.setting);
  const swept = sweepEntries.find(({ setting }) => setting === applied.setting);
  const entry = row?.profile ? entryOf(row) : swept?.kernels ? swept : null;
  if (!entry) return null;
  const parts = { roofs, model, reference: reference.setting, settings: [entry] };
  return withFigures(parts)[0] ?? null;
}
