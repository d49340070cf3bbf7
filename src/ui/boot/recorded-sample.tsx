import type { CSSProperties } from "react";
import type { Sample } from "../../store/sample.ts";
import { megabytes, nats, percent, whole } from "../figures.ts";
import { heatOf } from "../parts/tint.ts";

/** Figures of another machine, and said so before any of them. */
export function RecordedSample({ sample }: { readonly sample: Sample }) {
  const { report, prompt, reference, candidate, partsAt, setting } = sample;
  const { adapter, model, time } = report;
  return (
    <section aria-labelledby="recorded" className="card overflow-hidden">
      <div className="border-b border-line bg-heat-wash px-4 py-3 text-heat-ink">
        <h2 id="recorded" className="font-semibold">
          A recorded result, not measured on this device
        </h2>
        <p className="text-[13px]">
          Recorded on {time.slice(0, 10)} on {adapter.name}
          {adapter.software ? " (software: speeds would say nothing and are left out)" : ""}, model{" "}
          {model.name}.
        </p>
      </div>
      <div className="grid tablet:grid-cols-2">
        <article aria-label="Reference" className="px-4 py-3.5">
          <h3 className="mb-2 text-[13px] font-semibold">
            Reference <span className="font-mono font-normal text-soft">{report.reference}</span>
          </h3>
          <p className="story">
            <span className="text-faint">{prompt}</span>
            {reference.join("")}
          </p>
        </article>
        <article
          aria-label="Candidate"
          className="border-t border-line px-4 py-3.5 tablet:border-t-0 tablet:border-l"
        >
          <h3 className="mb-2 text-[13px] font-semibold">
            Candidate <span className="font-mono font-normal text-soft">{setting}</span>
          </h3>
          <p className="story">
            <span className="text-faint">{prompt}</span>
            {candidate.map(({ text, kl }, at) => (
              <span
                // biome-ignore lint/suspicious/noArrayIndexKey: a token is its place in the text.
                key={at}
                className={`token ${partsAt === at ? "border-l-2 border-bad" : ""}`}
                style={{ "--k": heatOf(kl ?? 0) } as CSSProperties}
              >
                {text}
              </span>
            ))}
          </p>
        </article>
      </div>
      <div className="overflow-x-auto border-t border-line">
        <table className="figures">
          <thead>
            <tr>
              <th>setting</th>
              <th>MB</th>
              <th>perplexity</th>
              <th>KL</th>
              <th>same first choice</th>
              <th>tokens</th>
            </tr>
          </thead>
          <tbody>
            {report.settings.map(({ setting: name, bytes, quality }) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{megabytes(bytes.total)}</td>
                <td>{quality ? quality.perplexity.candidate.value.toFixed(2) : "–"}</td>
                <td>{quality ? nats(quality.kl.mean.value) : "–"}</td>
                <td>{quality ? percent(quality.top1.value) : "–"}</td>
                <td>{quality ? whole(quality.tokens) : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
