import { intervalRule } from "../../store/measure.ts";
import type { Estimate, QualityResult } from "../../store/types.ts";
import { nats, percent, percentRange, signedPercent, whole } from "../figures.ts";
import { Change, Score, Unknown } from "./score.tsx";

/** Perplexity, KL and agreement, each with its 95 % interval and the number of tokens. */
export function QualityScores({ quality }: { readonly quality: QualityResult | null }) {
  if (!quality || quality.summary.tokens === 0) return <NoQuality />;
  const { perplexity, kl, reverseKl, entropyDifference, top1, tokens, drawn } = quality.summary;
  const { ratio } = perplexity;
  const source = `${quality.text.name}, ${whole(tokens)} of ${whole(quality.total)} tokens, windows of ${quality.window} with stride ${quality.stride}; intervals: ${intervalRule(drawn)}.`;
  return (
    <>
      <Score
        name="Perplexity"
        value={perplexity.candidate.value.toFixed(2)}
        source={`exp of the mean loss. Reference: ${perplexity.reference.value.toFixed(3)}. ${source}`}
      >
        <Change good={verdict(ratio)}>{signedPercent(ratio.value - 1)}</Change>
        {ratio.interval && ` (${percentRange(ratio.interval.low - 1, ratio.interval.high - 1)})`},{" "}
        {whole(tokens)} tokens
      </Score>
      <Score
        name="KL"
        value={nats(kl.value)}
        source={`Mean KL divergence from reference to candidate, nats a token. Median ${nats(kl.median)}, p95 ${nats(kl.p95)}, most ${nats(kl.max)}; reversed ${nats(reverseKl.value)}; entropy changed by ${nats(entropyDifference.value)}. ${source}`}
      >
        {kl.interval && `${nats(kl.interval.low)} to ${nats(kl.interval.high)}, `}
        p99 {nats(kl.p99)} nats
      </Score>
      <Score
        name="Same first choice"
        value={percent(top1.value)}
        source={`Share of positions where both models find the same token likeliest; of the likeliest five they share ${percent(quality.summary.top5.value)}. ${source}`}
      >
        {top1.interval
          ? percentRange(top1.interval.low, top1.interval.high)
          : `${whole(tokens)} tokens`}
      </Score>
    </>
  );
}

function NoQuality() {
  return (
    <>
      <Score name="Perplexity" value={<Unknown />} source="Not measured yet." />
      <Score name="KL" value={<Unknown />} source="Not measured yet." />
      <Score name="Same first choice" value={<Unknown />} source="Not measured yet." />
    </>
  );
}

/** A ratio whose interval holds 1 is neither better nor worse. */
function verdict({ interval }: Estimate): boolean | null {
  if (!interval || (interval.low <= 1 && interval.high >= 1)) return null;
  return interval.high < 1;
}
