import { reportFile } from "./download.ts";
import type { Kit } from "./kit.ts";
import type { Verbs } from "./types.ts";

type ExportVerbs = Pick<Verbs, "exportReport">;

export function exportVerbs(kit: Kit): ExportVerbs {
  return {
    async exportReport(kind) {
      const { sessionReport } = await import("./session-report.ts");
      const report = sessionReport(kit);
      return await reportFile(report.model.name, kind, report);
    },
  };
}
