import { useMemo, useState } from "react";
import {
  type ComparedCell,
  type ComparedFigure,
  comparedTable,
  type NamedReport,
} from "../../store/compared.ts";
import { ownName } from "../../store/reports.ts";
import { counted, megabytes, nats, perSecond, times, whole } from "../figures.ts";
import { Segment } from "../parts/segment.tsx";
import { useBitdial } from "../use-store.ts";

interface Figure {
  readonly figure: ComparedFigure;
  readonly label: string;
  readonly what: string;
  write(value: number): string;
  writeDifference(amount: number): string;
}

const figures: readonly Figure[] = [
  {
    figure: "kl",
    label: "KL",
    what: "Mean KL from the reference, nats a token, with its 95 % interval.",
    write: nats,
    writeDifference: nats,
  },
  {
    figure: "nll",
    label: "NLL",
    what: "Mean negative log-likelihood, nats a token, with its 95 % interval.",
    write: (value) => value.toPrecision(4),
    writeDifference: nats,
  },
  {
    figure: "size",
    label: "size",
    what: "Megabytes of all weights; differences in bytes.",
    write: (value) => megabytes(value),
    writeDifference: whole,
  },
  {
    figure: "prefill",
    label: "prefill",
    what: "Tokens read a second, median.",
    write: perSecond,
    writeDifference: nats,
  },
  {
    figure: "decode",
    label: "decode",
    what: "Tokens written a second, median.",
    write: perSecond,
    writeDifference: nats,
  },
];

/** Any number of reports side by side, this device's sweep first. `left` are those to leave out. */
export function CompareCard({ left }: { readonly left: readonly string[] }) {
  const [chosen, setChosen] = useState<ComparedFigure>("kl");
  const reports = useCompared(left);
  const figure = figures.find((other) => other.figure === chosen) ?? figures[0];
  const table = useMemo(() => comparedTable(reports, chosen), [reports, chosen]);
  if (reports.length < 2 || !figure) return null;
  return (
    <section aria-labelledby="compare-title" className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-2">
        <h2 id="compare-title" className="card-title">
          {counted(reports.length, "report")} side by side
        </h2>
        <div className="w-88 max-w-full">
          <Segment
            label="Figure to compare"
            options={figures.map(({ figure: value, label }) => ({
              value,
              label,
              chosen: value === chosen,
              reason: null,
            }))}
            onChoose={(value) =>
              setChosen(figures.find((other) => other.figure === value)?.figure ?? chosen)
            }
          />
        </div>
      </div>
      <Sentences sentences={table.warnings} />
      {table.rows.length === 0 ? (
        <p className="px-4 pb-3 text-xs text-soft">No setting is in two of these reports.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
        <section className="overflow-x-auto" tabIndex={0} aria-label="Comparison, a table">
          <table className="figures">
            <thead>
              <tr>
                <th>setting</th>
                {reports.map(({ name, report }) => (
                  <th key={name}>
                    {name}
                    <span className="block text-[11px] font-normal">
                      {report.adapter.name}
                      {report.adapter.software && <span className="text-heat-ink"> software</span>}
                    </span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {table.rows.map(({ setting, cells }) => (
                <tr key={setting}>
                  <td>{setting}</td>
                  {cells.map((cell, at) => (
                    <Cell key={reports[at]?.name} cell={cell} figure={figure} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <Legend what={figure.what} alone={table.alone} />
    </section>
  );
}

/** This device's sweep, where there is one, and the reports that are not left out. */
function useCompared(left: readonly string[]): readonly NamedReport[] {
  const imported = useBitdial((state) => state.imported);
  const entries = useBitdial((state) => state.sweepEntries);
  const ownReport = useBitdial((state) => state.ownReport);
  return useMemo(() => {
    const own = entries.length > 0 ? ownReport() : null;
    const others = imported.filter(({ id }) => !left.includes(id));
    return [...(own ? [{ name: ownName, report: own }] : []), ...others];
  }, [imported, entries, ownReport, left]);
}

function Cell({ cell, figure }: { readonly cell: ComparedCell | null; readonly figure: Figure }) {
  if (!cell) return <td>–</td>;
  const { value, interval, change } = cell;
  return (
    <td className={change?.beyondNoise ? "bg-heat-wash" : ""}>
      {figure.write(value)}
      {interval && interval.low < interval.high && (
        <span className="text-soft">
          {` (${figure.write(interval.low)} to ${figure.write(interval.high)})`}
        </span>
      )}
      {change && (
        <span
          className={`block text-[11px] ${change.beyondNoise ? "font-semibold text-heat-ink" : "text-soft"}`}
        >
          {change.kind === "times" ? times(change.amount) : signed(change.amount, figure)}
          {marks[String(change.beyondNoise)]}
        </span>
      )}
    </td>
  );
}

const marks: Readonly<Record<string, string>> = { true: " *", false: "", null: " ?" };

function signed(amount: number, { writeDifference }: Figure): string {
  if (amount === 0) return "=";
  return `${amount > 0 ? "+" : "−"}${writeDifference(Math.abs(amount))}`;
}

function Sentences({ sentences }: { readonly sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <ul className="grid gap-1 px-4 pb-2 text-xs text-heat-ink wrap-anywhere">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function Legend({
  what,
  alone,
}: {
  readonly what: string;
  readonly alone: readonly { readonly setting: string; readonly report: string }[];
}) {
  return (
    <div className="grid gap-1 border-t border-line px-4 py-3 text-xs text-soft wrap-anywhere">
      <p>
        {what} Second lines are against the first report that has the setting. * beyond noise: the
        intervals, or the ranges from the 10th to the 90th percentile of the times, do not overlap.
        ? cannot be told: no intervals, too few repeats, or not measured alike. No second line: not
        comparable.
      </p>
      {alone.length > 0 && (
        <p>
          In one report alone:{" "}
          {alone.map(({ setting, report }) => `${setting} (${report})`).join(", ")}.
        </p>
      )}
    </div>
  );
}
