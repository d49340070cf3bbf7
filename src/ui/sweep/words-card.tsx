import { useMemo } from "react";
import { type LabPoint, labPoints } from "../../store/lab-points.ts";
import { KEPT_SHARE, labFindings } from "../../store/lab-words.ts";
import { megabytes, nats, percent, perSecond, signedPercent, times } from "../figures.ts";
import { useBitdial } from "../use-store.ts";

/** The sweep in two sentences, each with the figures it stands on. */
export function WordsCard() {
  const entries = useBitdial((state) => state.sweepEntries);
  const adapter = useBitdial((state) => state.adapter);
  const findings = useMemo(() => labFindings(labPoints(entries)), [entries]);
  if (!findings || !adapter) return null;
  const { smallest, fastest, reference } = findings;
  const where = adapter.software ? `${adapter.name}, software` : adapter.name;
  return (
    <section aria-labelledby="words-title" className="card px-4 py-3">
      <h2 id="words-title" className="card-title">
        In words
      </h2>
      {smallest && (
        <p className="mt-1.5 max-w-prose">
          {lead(smallest)}
          <strong className="font-mono font-semibold">{smallest.point.setting}</strong>
          {`: ${change(smallest.point)}, ${megabytes(smallest.point.megabytes * 1e6)} MB${sizeShare(smallest.point, reference)}${speedShare(smallest.point, reference)}.`}
        </p>
      )}
      {fastest && (
        <p className="mt-1.5 max-w-prose">
          {`On ${where}, `}
          <strong className="font-mono font-semibold">{fastest.setting}</strong>
          {` decodes fastest: ${perSecond(fastest.decode?.tokensPerSecond ?? 0)} tokens a second${speedShare(fastest, reference)}, for a KL of ${nats(fastest.kl)}.`}
          {fastest.decode?.steady === false &&
            ` Its repeats spread over ${percent(fastest.decode.spread, 0)}, so that near rivals may be as fast.`}
        </p>
      )}
    </section>
  );
}

function lead({ kept, point }: { readonly kept: boolean; readonly point: LabPoint }): string {
  const within = `perplexity within ${percent(KEPT_SHARE, 0)} of the reference`;
  if (!kept) return `None of these surely keeps ${within}; nearest comes `;
  return `The smallest that ${point.sure ? "surely keeps" : "seems to keep"} ${within} is `;
}

function change({ ratio, ratioLow, ratioHigh, sure }: LabPoint): string {
  const range = sure
    ? ` (95 %: ${signedPercent(ratioLow - 1)} to ${signedPercent(ratioHigh - 1)})`
    : " (too few tokens for an interval)";
  return `${signedPercent(ratio - 1)}${range}`;
}

function sizeShare(point: LabPoint, reference: LabPoint | null): string {
  return reference ? ` (${percent(point.megabytes / reference.megabytes, 0)} of its size)` : "";
}

function speedShare({ decode }: LabPoint, reference: LabPoint | null): string {
  const own = reference?.decode;
  if (!decode || !own) return "";
  return `, ${times(decode.tokensPerSecond / own.tokensPerSecond)} the reference's decoding`;
}
