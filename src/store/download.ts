import type { Report } from "../lab/report.ts";
import type { Download, ReportKind } from "./types.ts";

/** A report as a file. The schema and what writes the other forms are only fetched by whoever saves one. */
export async function reportFile(
  name: string,
  kind: ReportKind,
  report: Report,
): Promise<Download> {
  const stem = `bitdial-${name}-${report.time.slice(0, 19).replace(/[:T]/g, "-")}`;
  switch (kind) {
    case "json": {
      const { writeReport } = await import("../lab/report.ts");
      return { name: `${stem}.json`, type: "application/json", text: writeReport(report) };
    }
    case "csv": {
      const { reportToCsv } = await import("../lab/csv.ts");
      return { name: `${stem}.csv`, type: "text/csv", text: reportToCsv(report) };
    }
    case "html": {
      const { reportToHtml } = await import("../lab/html.ts");
      return { name: `${stem}.html`, type: "text/html", text: reportToHtml(report) };
    }
    case "markdown": {
      const { reportToMarkdown } = await import("../lab/markdown.ts");
      return { name: `${stem}.md`, type: "text/markdown", text: reportToMarkdown(report) };
    }
    default:
      return kind satisfies never;
  }
}
