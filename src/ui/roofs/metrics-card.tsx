import { DENSITY_WORDS, METRIC_WORDS } from "../../store/lab-profile.ts";
import type { ReportEntry } from "../../store/types.ts";
import { megabytes, milliseconds, percent, perSecond } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

type Metrics = NonNullable<ReportEntry["metrics"]>;
type Density = NonNullable<ReportEntry["density"]>;

/** Six figures of efficiency and density by bytes of every setting that the sweep measured. */
export function MetricsCard() {
  const entries = useBitdial((state) => state.sweepEntries);
  const measured = entries.flatMap(({ setting, metrics, density }) =>
    metrics ? [{ setting, metrics, density }] : [],
  );
  if (measured.length === 0) return null;
  return (
    <section aria-labelledby="metrics-title" className="card">
      <h2 id="metrics-title" className="card-title px-4 pt-3">
        Efficiency in six figures, and capability by bytes
      </h2>
      <section
        aria-label="Six figures of efficiency, a table"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
        tabIndex={0}
        className="max-h-96 overflow-auto pt-2"
      >
        <table className="figures">
          <thead>
            <tr>
              <th>setting</th>
              {METRIC_WORDS.map(({ key, short, name }) => (
                <th key={key} title={name}>
                  {short}
                </th>
              ))}
              <th>density by bytes</th>
            </tr>
          </thead>
          <tbody>
            {measured.map(({ setting, metrics, density }) => (
              <tr key={setting}>
                <td>{setting}</td>
                {METRIC_WORDS.map(({ key }) => (
                  <td key={key}>{metricText(metrics, key)}</td>
                ))}
                <td>{densityText(density)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <dl className="grid gap-x-8 gap-y-1.5 border-t border-line px-4 py-3 text-xs text-soft desk:grid-cols-2">
        {METRIC_WORDS.map(({ key, short, name, formula, note }) => (
          <div key={key} className="max-w-prose">
            <dt className="inline font-semibold text-ink">{`${short}, ${name}: `}</dt>
            <dd className="inline">{`${formula}. ${note}`}</dd>
          </div>
        ))}
        <div className="max-w-prose">
          <dt className="inline font-semibold text-ink">Density by bytes: </dt>
          <dd className="inline">{DENSITY_WORDS}</dd>
        </div>
      </dl>
    </section>
  );
}

function metricText(metrics: Metrics, key: keyof Metrics): string {
  const value = metrics[key];
  if (value === null) return key === "energyWatts" ? "not measured" : "–";
  switch (key) {
    case "memoryBytes":
      return `${megabytes(value)} MB`;
    case "latencyMs":
      return milliseconds(value);
    case "throughput":
      return `${perSecond(value)}/s`;
    case "compressionRate":
      return value.toPrecision(3);
    default:
      return percent(value);
  }
}

/** Both readings, the lesser first. */
function densityText(density: Density | null): string {
  if (!density) return "–";
  const values = density.curves.map(({ byBytes }) => byBytes).toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [values[0], values.at(-1)];
  const range =
    low.toFixed(2) === high.toFixed(2) ? low.toFixed(2) : `${low.toFixed(2)} to ${high.toFixed(2)}`;
  return density.beyond === "worse" ? `${range}, beyond the scale` : range;
}
