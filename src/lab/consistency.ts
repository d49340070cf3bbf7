import type { ReportEntry, ReportQuality } from "./report.ts";

/** Figures that follow from each other do so to the last digits but one: the same program computed both. */
const ROUNDING = 1e-9;

/**
 * What of an entry contradicts the rest of it, a phrase each. A figure changed by hand, or by a fault, is found here in any of its
 * digits, where measuring again could only tell within a tolerance.
 */
export function contradictions({ bytes, quality }: ReportEntry): string[] {
  const { total, ...parts } = bytes;
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  const found = sum === total ? [] : [`bytes add up to ${sum}, not ${total}`];
  return quality ? [...found, ...qualityContradictions(quality)] : found;
}

function qualityContradictions({
  nll,
  perplexity,
  kl,
  bitsPerByte,
  tokens,
  totalTokens,
}: ReportQuality): string[] {
  const byteShare = bitsPerByte && [
    bitsPerByte.candidate * nll.reference.value,
    bitsPerByte.reference * nll.candidate.value,
  ];
  const claims: readonly (readonly [holds: boolean, phrase: string])[] = [
    [
      near(nll.difference.value, nll.candidate.value - nll.reference.value),
      "the difference of NLL is not candidate minus reference",
    ],
    ...(["reference", "candidate"] as const).map(
      (side) =>
        [
          near(Math.log(perplexity[side].value), nll[side].value),
          `the ${side}'s perplexity is not exp(NLL)`,
        ] as const,
    ),
    [
      near(Math.log(perplexity.ratio.value), nll.difference.value),
      "the ratio of perplexities is not exp(difference of NLL)",
    ],
    [
      !byteShare || near(byteShare[0] ?? 0, byteShare[1] ?? 0),
      "bits per byte do not go with the NLLs",
    ],
    [kl.median <= kl.p99 && kl.p99 <= kl.max, "KL's median, p99 and maximum are out of order"],
    [kl.mean.value <= kl.max + ROUNDING, "the mean KL is above its maximum"],
    [tokens <= totalTokens, "more tokens are scored than there are"],
    ...[nll.reference, nll.candidate, nll.difference, kl.mean].map(
      ({ value, interval }) =>
        [
          !interval || (interval.low <= value && value <= interval.high),
          "an interval does not hold its own value",
        ] as const,
    ),
  ];
  return [...new Set(claims.flatMap(([holds, phrase]) => (holds ? [] : [phrase])))];
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a), Math.abs(b));
}
