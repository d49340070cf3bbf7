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
  return quality
    ? [...found, ...qualityContradictions(quality), ...partContradictions(quality)]
    : found;
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
    [ascending([kl.median, kl.p95 ?? kl.median, kl.p99, kl.max]), "KL's percentiles fall"],
    [kl.mean.value <= kl.max + ROUNDING, "the mean KL is above its maximum"],
    [tokens <= totalTokens, "more tokens are scored than there are"],
    ...[nll.reference, nll.candidate, nll.difference, kl.mean].map(
      ({ value, interval }) =>
        [
          !interval || (interval.low <= value + ROUNDING && value <= interval.high + ROUNDING),
          "an interval does not hold its own value",
        ] as const,
    ),
  ];
  return [...new Set(claims.flatMap(([holds, phrase]) => (holds ? [] : [phrase])))];
}

type Part = NonNullable<ReportQuality["byContext"]>[number];

/** Every token is in one part of each division: the parts' means are the whole's, by weight. */
function partContradictions({
  byContext,
  byClass,
  tokens,
  kl,
  nll,
  top1,
}: ReportQuality): string[] {
  const divisions = [
    ["context", byContext],
    ["class", byClass],
  ] as const;
  return divisions.flatMap(([name, parts]) => {
    if (!parts) return [];
    const sum = (value: (part: Part) => number): number =>
      parts.reduce((all, part) => all + value(part) * part.tokens, 0) / tokens;
    const holds =
      near(
        sum(() => 1),
        1,
      ) &&
      near(
        sum((part) => part.kl.value),
        kl.mean.value,
      ) &&
      near(
        sum((part) => part.nllDifference.value),
        nll.difference.value,
      ) &&
      near(
        sum((part) => part.top1.value),
        top1.value,
      );
    return holds ? [] : [`the parts by ${name} do not add up to the whole`];
  });
}

function ascending(values: readonly number[]): boolean {
  return values.every((value, at) => at === 0 || value >= (values[at - 1] ?? value));
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= ROUNDING * Math.max(1, Math.abs(a), Math.abs(b));
}
