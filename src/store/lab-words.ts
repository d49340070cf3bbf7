import type { LabPoint } from "./lab-points.ts";

/** Perplexity may grow by this much and still count as kept. */
export const KEPT_SHARE = 0.02;

/** What a sweep says, as findings; how they are put into words is the page's. */
export interface LabFindings {
  /** The smallest whose perplexity stays within the share above the reference, or the nearest to it. */
  readonly smallest: { readonly point: LabPoint; readonly kept: boolean } | null;
  readonly fastest: LabPoint | null;
  readonly reference: LabPoint | null;
}

/** Null while there are not two settings to choose between. */
export function labFindings(points: readonly LabPoint[]): LabFindings | null {
  const scored = points.filter(({ role, ratio }) => role === "candidate" && Number.isFinite(ratio));
  if (scored.length < 2) return null;
  // The upper end of the interval decides, where there is one: "within" is to be sure.
  const kept = scored.filter(({ ratioHigh }) => ratioHigh - 1 <= KEPT_SHARE);
  const [smallest] = kept.toSorted((a, b) => a.megabytes - b.megabytes);
  const [nearest] = scored.toSorted((a, b) => a.ratioHigh - b.ratioHigh);
  const chosen = smallest ?? nearest;
  const timed = scored.filter(({ decode }) => decode !== null);
  const rate = ({ decode }: LabPoint): number => decode?.tokensPerSecond ?? 0;
  const [fastest] = timed.toSorted((a, b) => rate(b) - rate(a));
  return {
    smallest: chosen ? { point: chosen, kept: smallest !== undefined } : null,
    fastest: fastest ?? null,
    reference: points.find(({ role }) => role === "reference") ?? null,
  };
}
