import { buildReport, reportEntry } from "../lab/build-report.ts";
import type { Report, ReportEntry } from "../lab/report.ts";
import { reportFile } from "./download.ts";
import type { Kit } from "./kit.ts";
import type { SessionRow, Verbs } from "./types.ts";

type ExportVerbs = Pick<Verbs, "exportReport">;

export function exportVerbs(kit: Kit): ExportVerbs {
  return {
    async exportReport(kind) {
      const report = sessionReport(kit);
      return await reportFile(report.model.name, kind, report);
    },
  };
}

function sessionReport({ around, get }: Kit): Report {
  const { adapter, model, reference, rows, roofs } = get();
  if (!adapter || !model || !reference) {
    throw new Error("There is nothing to report yet: the model is not ready.");
  }
  return buildReport({
    appVersion: around.version,
    agent: around.agent,
    time: new Date().toISOString(),
    adapter,
    roofs,
    model,
    reference: reference.setting,
    settings: rows.map(entryOf),
  });
}

function entryOf(row: SessionRow): ReportEntry {
  const { speed, curves, ...rest } = row;
  return reportEntry({
    ...rest,
    speed: speed && { ...speed.summary, ...speed.samples },
    speedExtras: { stopped: speed?.stopped ?? null, order: "one after another", curves },
  });
}
