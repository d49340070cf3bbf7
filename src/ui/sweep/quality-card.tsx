import { useState } from "react";
import type { ReportEntry } from "../../store/types.ts";
import { nats, percent, signedNats, whole } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

type Quality = NonNullable<ReportEntry["quality"]>;
type Part = NonNullable<Quality["byClass"]>[number];

/** Where a setting goes wrong: how its KL is spread, by context and by kind of token. */
export function QualityCard() {
  const entries = useBitdial((state) => state.sweepEntries);
  const [chosen, setChosen] = useState<string | null>(null);
  const measured = entries.flatMap(({ setting, quality }) =>
    quality ? [{ setting, quality }] : [],
  );
  const shown = measured.find(({ setting }) => setting === chosen) ?? measured.at(-1);
  if (!shown) return null;
  const { quality } = shown;
  return (
    <section aria-labelledby="quality-title" className="card">
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 pt-3 pb-1">
        <h2 id="quality-title" className="card-title">
          Where it goes wrong
        </h2>
        <select
          aria-label="Setting to look at"
          className="field max-w-full bg-transparent px-2 py-1 font-mono text-[13px]"
          value={shown.setting}
          onChange={(event) => setChosen(event.currentTarget.value)}
        >
          {measured.map(({ setting }) => (
            <option key={setting}>{setting}</option>
          ))}
        </select>
      </div>
      <Spread quality={quality} />
      <div className="grid gap-x-6 tablet:grid-cols-2">
        <Parts title="Tokens in view" parts={quality.byContext} />
        <Parts title="Kind of token" parts={quality.byClass} />
      </div>
      <p className="border-t border-line px-4 py-3 text-xs text-soft">
        KL of reference to candidate in nats a token; reversed is candidate to reference, large
        where the candidate believes in what the reference rules out. Tokens in view are those of
        the same document before the target. Intervals: {quality.intervals}.
      </p>
    </section>
  );
}

function Spread({ quality }: { readonly quality: Quality }) {
  const { kl, reverseKl, entropyDifference } = quality;
  const figures: readonly (readonly [string, string])[] = [
    ["mean", nats(kl.mean.value)],
    ["median", nats(kl.median)],
    ["p95", kl.p95 === null ? "–" : nats(kl.p95)],
    ["p99", nats(kl.p99)],
    ["most", nats(kl.max)],
    ["reversed", reverseKl ? nats(reverseKl.value) : "–"],
    ["entropy", entropyDifference ? signedNats(entropyDifference.value) : "–"],
  ];
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-2 px-4 py-2">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt className="text-xs text-soft">{name}</dt>
          <dd className="font-mono text-[13px]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Parts({
  title,
  parts,
}: {
  readonly title: string;
  readonly parts: readonly Part[] | null;
}) {
  if (!parts || parts.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the keyboard.
    <section className="overflow-x-auto" tabIndex={0} aria-label={`${title}, a table`}>
      <table className="figures">
        <thead>
          <tr>
            <th>{title}</th>
            <th>tokens</th>
            <th>KL</th>
            <th>loss</th>
            <th>first choice</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(({ name, tokens, kl, nllDifference, top1 }) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{whole(tokens)}</td>
              <td>{range(kl)}</td>
              <td>{signedNats(nllDifference.value)}</td>
              <td>{percent(top1.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function range({ value, interval }: Part["kl"]): string {
  return interval
    ? `${nats(value)} (${nats(interval.low)} to ${nats(interval.high)})`
    : nats(value);
}
