/** Heat of a KL in nats, 0..62 percent: half of it by 0.25, nearly all by 1. Text stays readable on all of it. */
export function heatOf(kl: number): number {
  return Math.round(62 * (1 - Math.exp(-kl / 0.36)));
}

export const legend: readonly number[] = [0.01, 0.1, 0.3, 1];
