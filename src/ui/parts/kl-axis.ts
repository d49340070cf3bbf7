import { nats } from "../figures.ts";

interface Ranged {
  readonly kl: number;
  /** Ends of its interval. */
  readonly low: number;
  readonly high: number;
}

/** Powers of ten from below the least to above the largest, two at least. */
export function powersAround(points: readonly Ranged[]): number[] {
  // An interval may reach down to 0, which a logarithm does not.
  const lows = points.map(({ low, kl }) => (low > 0 ? low : kl));
  const least = Math.floor(Math.log10(Math.min(...lows)));
  const most = Math.ceil(Math.log10(Math.max(...points.map(({ high }) => high))));
  return Array.from({ length: Math.max(2, most - least + 1) }, (_, step) => 10 ** (least + step));
}

/** Plot's options for a logarithmic axis of KL. */
export function klAxis(powers: readonly number[]) {
  return {
    type: "log",
    label: null,
    domain: [powers[0], powers.at(-1)],
    ticks: [...powers],
    tickFormat: nats,
    tickSize: 0,
  } as const;
}

/** Plot's options for a chart in the page's colours. */
export const chartStyle = {
  background: "none",
  color: "var(--color-soft)",
  fontSize: "11px",
  overflow: "visible",
} as const;
