import { useMemo, useState } from "react";
import { protocolOf } from "../../store/lab.ts";
import { type LabPoint, labPoints } from "../../store/lab-points.ts";
import { limitsOf, readsHere } from "../../store/limits.ts";
import type { ReportEntry } from "../../store/types.ts";
import { bits, megabytes, nats, percent, perSecond, signedPercent, whole } from "../figures.ts";
import { SaveButtons } from "../parts/save-buttons.tsx";
import { useBitdial } from "../use-store.ts";

interface Column {
  readonly title: string;
  readonly hint: string;
  value(point: LabPoint): number;
  write(point: LabPoint): string;
}

const shown = (value: number, write: (value: number) => string): string =>
  Number.isFinite(value) ? write(value) : "–";

const columns: readonly Column[] = [
  {
    title: "MB",
    hint: "of all weights, padding included",
    value: (point) => point.megabytes,
    write: (point) => megabytes(point.megabytes * 1e6),
  },
  {
    title: "bits",
    hint: "a weight, embedding and head included",
    value: (point) => point.bitsPerWeight,
    write: (point) => bits(point.bitsPerWeight),
  },
  {
    title: "perplexity",
    hint: "and its change against the reference",
    value: (point) => point.perplexity,
    write: (point) =>
      `${shown(point.perplexity, (value) => value.toFixed(2))}${shown(point.ratio, (ratio) => ` ${signedPercent(ratio - 1)}`).replace("–", "")}`,
  },
  {
    title: "KL",
    hint: "mean, nats a token, with its 95 % interval",
    value: (point) => point.kl,
    write: (point) =>
      point.low < point.high
        ? `${nats(point.kl)} (${nats(point.low)} to ${nats(point.high)})`
        : shown(point.kl, nats),
  },
  {
    title: "KL p99",
    hint: "one token in a hundred is worse",
    value: (point) => point.klP99,
    write: (point) => shown(point.klP99, nats),
  },
  {
    title: "first choice",
    hint: "share of positions with the same likeliest token",
    value: (point) => point.top1,
    write: (point) => shown(point.top1, percent),
  },
  {
    title: "prefill/s",
    hint: "tokens a second, median",
    value: (point) => point.prefill?.tokensPerSecond ?? Number.NaN,
    write: (point) => (point.prefill ? perSecond(point.prefill.tokensPerSecond) : "–"),
  },
  {
    title: "decode/s",
    hint: "tokens a second, median",
    value: (point) => point.decode?.tokensPerSecond ?? Number.NaN,
    write: (point) => (point.decode ? perSecond(point.decode.tokensPerSecond) : "–"),
  },
  {
    title: "spread",
    hint: "of decoding, 10th to 90th percentile over the median; above 5 % it is not steady",
    value: (point) => point.decode?.spread ?? Number.NaN,
    write: (point) => (point.decode ? percent(point.decode.spread, 0) : "–"),
  },
];

export function ResultsCard() {
  const entries = useBitdial((state) => state.sweepEntries);
  const exportSweep = useBitdial((state) => state.exportSweep);
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="results-title" className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-1">
        <h2 id="results-title" className="card-title">
          Results
        </h2>
        <SaveButtons label="Save the results" save={exportSweep} />
      </div>
      <ResultsTable entries={entries} label="Results, a table" />
      <Source />
    </section>
  );
}

interface ResultsTableProps {
  readonly entries: readonly ReportEntry[];
  readonly label: string;
  /** Another device's: its settings may be of another model, its reference of another kind. */
  readonly elsewhere?: boolean;
}

/** Settings with their figures, to be sorted, and to be loaded by a click. */
export function ResultsTable({ entries, label, elsewhere = false }: ResultsTableProps) {
  const [order, setOrder] = useState<{ title: string; down: boolean } | null>(null);
  // A stranger's report may have a setting twice.
  const keyed = useMemo(
    () => labPoints(entries).map((point, at) => ({ ...point, key: `${at} ${point.setting}` })),
    [entries],
  );
  const points = useMemo(() => sorted(keyed, order), [keyed, order]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
    <section className="overflow-x-auto" tabIndex={0} aria-label={label}>
      <table className="figures">
        <thead>
          <tr>
            <th>setting</th>
            {columns.map(({ title, hint }) => (
              <th key={title} aria-sort={sortOf(title, order)}>
                <button
                  type="button"
                  title={hint}
                  className="hover:text-ink"
                  onClick={() =>
                    setOrder({ title, down: order?.title === title ? !order.down : false })
                  }
                >
                  {title}
                  {order?.title === title ? (order.down ? " ↓" : " ↑") : ""}
                </button>
              </th>
            ))}
            <th>unbeaten</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <Row key={point.key} point={point} elsewhere={elsewhere} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ point, elsewhere }: { readonly point: LabPoint; readonly elsewhere: boolean }) {
  const turnTo = useBitdial((state) => state.turnTo);
  const goTo = useBitdial((state) => state.goTo);
  const model = useBitdial((state) => state.model);
  const { setting, role, unbeaten } = point;
  const name = role === "reference" ? `${setting}, reference` : setting;
  const loads = role !== "reference" && (!elsewhere || readsHere(setting, limitsOf(model)));
  const words = [
    unbeaten.size ? "size" : "",
    unbeaten.speed ? "speed" : "",
    unbeaten.bits ? "bits" : "",
    unbeaten.sizeSpeed ? "size × speed" : "",
  ].filter(Boolean);
  return (
    <tr>
      <td>
        {loads ? (
          <button
            type="button"
            title="Load it in the playground"
            className="text-accent underline-offset-4 hover:underline"
            onClick={() => {
              turnTo(setting);
              goTo("playground");
            }}
          >
            {name}
          </button>
        ) : (
          name
        )}
      </td>
      {columns.map(({ title, write }) => (
        <td key={title}>{write(point)}</td>
      ))}
      <td>{words.join(", ") || "–"}</td>
    </tr>
  );
}

function Source() {
  const entries = useBitdial((state) => state.sweepEntries);
  const adapter = useBitdial((state) => state.adapter);
  const protocol = protocolOf(entries);
  if (!adapter || !protocol) return null;
  const { text, tokens, window, stride } = protocol;
  return (
    <p className="border-t border-line px-4 py-3 text-xs text-soft">
      Measured on {adapter.name}
      {adapter.software ? ", a software adapter: its speeds say nothing about a GPU" : ""}. Quality:{" "}
      {text.name}, {whole(tokens)} tokens in windows of {window}, stride {stride}. Unbeaten: none
      has both less KL and fewer bytes (size), less KL and more tokens a second (speed), less KL and
      fewer bits a weight (bits), or fewer bytes and more tokens a second (size × speed). Settings
      were measured one after another, and each until its spread was within 5 % or it was given up.
    </p>
  );
}

function sortOf(title: string, order: { title: string; down: boolean } | null) {
  if (order?.title !== title) return "none";
  return order.down ? "descending" : "ascending";
}

function sorted<P extends LabPoint>(
  points: readonly P[],
  order: { title: string; down: boolean } | null,
): readonly P[] {
  const column = columns.find(({ title }) => title === order?.title);
  if (!column || !order) return points;
  const sign = order.down ? -1 : 1;
  // What was not measured stands last, whichever way.
  const key = (point: LabPoint) => {
    const value = column.value(point);
    return Number.isFinite(value) ? sign * value : Number.POSITIVE_INFINITY;
  };
  return points.toSorted((a, b) => key(a) - key(b));
}
