import type { SessionRow, Timing } from "../../store/types.ts";
import { milliseconds, percent, perSecond, times } from "../figures.ts";
import { Change, Score, Unknown } from "./score.tsx";

interface SpeedScoresProps {
  readonly row: SessionRow | undefined;
  readonly reference: SessionRow | undefined;
}

export function SpeedScores({ row, reference }: SpeedScoresProps) {
  const speed = row?.speed?.summary;
  const base = reference?.speed?.summary;
  const lengths = speed
    ? `${speed.promptTokens} tokens read and ${speed.tokens} written, ${speed.warmups} warm-up, median of ${speed.decode.samples}`
    : "Not measured yet.";
  return (
    <>
      <Rate name="Prefill" timing={speed?.prefill} base={base?.prefill} source={lengths} />
      <Rate name="Decode" timing={speed?.decode} base={base?.decode} source={lengths}>
        {row && <span className="block">{row.dispatchesPerToken} dispatches a token</span>}
      </Rate>
    </>
  );
}

interface RateProps {
  readonly name: string;
  readonly timing: Timing | undefined;
  readonly base: Timing | undefined;
  readonly source: string;
  readonly children?: React.ReactNode;
}

function Rate({ name, timing, base, source, children }: RateProps) {
  if (!timing) return <Score name={name} value={<Unknown />} source={source} />;
  const ratio = base && base !== timing ? timing.tokensPerSecond / base.tokensPerSecond : null;
  // Closer than the two spreads together, the two rates cannot be told apart.
  const noise = timing.spread + (base?.spread ?? 0);
  const good = ratio === null || Math.abs(ratio - 1) <= noise ? null : ratio > 1;
  return (
    <Score
      name={name}
      value={
        <>
          {perSecond(timing.tokensPerSecond)}
          <span className="text-sm font-medium text-soft">/s</span>
        </>
      }
      source={`${source}: ${milliseconds(timing.p10Ms)} to ${milliseconds(timing.p90Ms)} (10th to 90th percentile).`}
    >
      {ratio !== null && (
        <>
          <Change good={good}>{times(ratio)}</Change>,{" "}
        </>
      )}
      <span className={timing.steady ? "" : "text-heat-ink"}>
        spread {percent(timing.spread, 0)}, {timing.samples} runs
      </span>
      {children}
    </Score>
  );
}
