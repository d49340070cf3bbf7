import { useState } from "react";
import type { ImportedReport } from "../../store/report-types.ts";
import { counted, whole } from "../figures.ts";
import { Button } from "../parts/button.tsx";
import { ResultsTable } from "../sweep/results-card.tsx";
import { useBitdial } from "../use-store.ts";
import { VerifyPanel } from "./verify-panel.tsx";

interface ReportItemProps {
  readonly imported: ImportedReport;
  readonly compared: boolean;
  onCompare(): void;
}

/** One report: whose figures they are, the figures when asked for, and what can be done with it. */
export function ReportItem({ imported, compared, onCompare }: ReportItemProps) {
  const removeReport = useBitdial((state) => state.removeReport);
  const verifyReport = useBitdial((state) => state.verifyReport);
  const running = useBitdial(
    ({ verification }) => verification?.id === imported.id && verification.status === "running",
  );
  const [open, setOpen] = useState(false);
  const { id, name, report } = imported;
  return (
    <article aria-label={`Report ${name}`} className="border-t border-line">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2.5">
        <div className="min-w-0">
          <h3 className="font-mono text-[13px] font-medium wrap-anywhere">{name}</h3>
          <Device report={report} />
        </div>
        <div className="flex flex-wrap items-center gap-1.5">
          <label className="mr-1 flex items-center gap-1.5 text-[13px]">
            <input type="checkbox" checked={compared} onChange={onCompare} />
            Compare
          </label>
          <Button className={small} aria-expanded={open} onClick={() => setOpen(!open)}>
            Figures
          </Button>
          <Button className={small} disabled={running} onClick={() => void verifyReport(id)}>
            Verify
          </Button>
          <Button className={small} onClick={() => void removeReport(id)}>
            Remove
          </Button>
        </div>
      </div>
      <VerifyPanel imported={imported} />
      {open && (
        <>
          <ResultsTable entries={report.settings} label={`Figures of ${name}, a table`} elsewhere />
          <Source report={report} />
        </>
      )}
    </article>
  );
}

const small = "px-2.5 py-1 text-[13px]";

type ReportProps = { readonly report: ImportedReport["report"] };

function Device({ report }: ReportProps) {
  const { adapter, model, runtime, settings, time } = report;
  return (
    <p className="text-xs text-soft wrap-anywhere">
      <strong className="font-semibold">{adapter.name}</strong>
      {adapter.software && <span className="text-heat-ink"> software</span>}
      {` in ${runtime.kind === "node" ? "Node" : "a browser"}, ${model.name}, ${time.slice(0, 10)}, ${counted(settings.length, "setting")}`}
    </p>
  );
}

function Source({ report: { adapter, settings, reference } }: ReportProps) {
  const quality = settings.find((entry) => entry.quality !== null)?.quality;
  return (
    <p className="border-t border-line px-4 py-3 text-xs text-soft wrap-anywhere">
      Reported by {adapter.name}, not measured here
      {adapter.software ? "; a software adapter: its speeds say nothing about a GPU" : ""}. Quality
      {quality
        ? ` against ${reference}: ${quality.text.name}, ${whole(quality.tokens)} tokens in windows of ${quality.window}, stride ${quality.stride}.`
        : " is not reported."}
    </p>
  );
}
