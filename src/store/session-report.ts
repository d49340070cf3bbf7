import { buildReport, reportEntry } from "../lab/build-report.ts";
import type { Report, ReportEntry } from "../lab/report.ts";
import { type Kit, reportParts } from "./kit.ts";
import type { SessionRow } from "./types.ts";

/** Everything that was measured in this session. */
export function sessionReport(kit: Kit): Report {
  return buildReport(reportParts(kit, kit.get().rows.map(entryOf)));
}

/** A row of the session as a report has it. */
export function entryOf(row: SessionRow): ReportEntry {
  const { speed, curves, ...rest } = row;
  return reportEntry({
    ...rest,
    speed: speed && { ...speed.summary, ...speed.samples },
    speedExtras: { stopped: speed?.stopped ?? null, order: "one after another", curves },
  });
}
