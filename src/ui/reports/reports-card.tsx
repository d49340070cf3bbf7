import { useEffect, useState } from "react";
import { reportLimits } from "../../store/reports.ts";
import { whole } from "../figures.ts";
import { useBitdial } from "../use-store.ts";
import { CompareCard } from "./compare-card.tsx";
import { OpenFiles } from "./open-files.tsx";
import { RefusedFiles } from "./refused-files.tsx";
import { ReportItem } from "./report-item.tsx";

/** Reports of other devices: opened, compared with each other and with this device, and measured again here. */
export function ReportsCard() {
  const imported = useBitdial((state) => state.imported);
  const restoreReports = useBitdial((state) => state.restoreReports);
  const [left, setLeft] = useState<readonly string[]>([]);
  useEffect(() => void restoreReports(), [restoreReports]);
  const toggle = (id: string) =>
    setLeft(left.includes(id) ? left.filter((other) => other !== id) : [...left, id]);
  return (
    <>
      <section aria-labelledby="reports-title" className="card">
        <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-3">
          <div>
            <h2 id="reports-title" className="card-title">
              Reports from elsewhere
            </h2>
            <p className="mt-1 max-w-prose text-xs text-soft">
              Open reports in JSON, or drop them anywhere on this page: up to {reportLimits.reports}
              , of {whole(reportLimits.bytes / 1e6)} MB each. They stay in this browser. What they
              say is of their own devices; Verify measures it again here.
            </p>
          </div>
          <OpenFiles />
        </div>
        <RefusedFiles />
        {imported.map((report) => (
          <ReportItem
            key={report.id}
            imported={report}
            compared={!left.includes(report.id)}
            onCompare={() => toggle(report.id)}
          />
        ))}
      </section>
      <CompareCard left={left} />
    </>
  );
}
