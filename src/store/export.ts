import { buildReport, reportEntry } from "../lab/build-report.ts";
import type { Report, ReportEntry } from "../lab/report.ts";
import type { Kit } from "./kit.ts";
import type { Download, SessionRow, Verbs } from "./types.ts";

type ExportVerbs = Pick<Verbs, "exportReport">;

export function exportVerbs(kit: Kit): ExportVerbs {
  return {
    async exportReport(kind): Promise<Download> {
      // The schema and its library are only fetched by whoever exports.
      const [{ writeReport }, { reportToMarkdown }] = await Promise.all([
        import("../lab/report.ts"),
        import("../lab/markdown.ts"),
      ]);
      const report = sessionReport(kit);
      const stem = `bitdial-${report.model.name}-${report.time.slice(0, 19).replace(/[:T]/g, "-")}`;
      return kind === "json"
        ? { name: `${stem}.json`, type: "application/json", text: writeReport(report) }
        : { name: `${stem}.md`, type: "text/markdown", text: reportToMarkdown(report) };
    },
  };
}

function sessionReport({ around, get }: Kit): Report {
  const { adapter, model, reference, rows } = get();
  if (!adapter || !model || !reference) {
    throw new Error("There is nothing to report yet: the model is not ready.");
  }
  return buildReport({
    appVersion: around.version,
    agent: around.agent,
    time: new Date().toISOString(),
    adapter,
    model,
    reference: reference.setting,
    settings: rows.map(entryOf),
  });
}

function entryOf(row: SessionRow): ReportEntry {
  const { speed, ...rest } = row;
  return reportEntry({ ...rest, speed: speed && { ...speed.summary, ...speed.samples } });
}
