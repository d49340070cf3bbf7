import type { Estimate } from "../lab/quality.ts";
import type { Timing } from "../lab/speed.ts";

/** How the command line writes numbers: always the same way, whatever the machine's language. */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** Three digits that count, or all digits before the point if there are more. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100 ? count(value) : value.toPrecision(3);
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

export function percent(share: number, places = 1): string {
  return `${(share * 100).toFixed(places)} %`;
}

export function spread({ spread: share, steady }: Timing): string {
  return steady ? percent(share) : `${percent(share)} (not steady)`;
}

export function estimate(
  { value, interval }: Estimate,
  write: (value: number) => string = digits,
): string {
  if (!interval) return write(value);
  return `${write(value)} (${write(interval.low)} to ${write(interval.high)})`;
}

export function adapterName(adapter: {
  readonly name: string;
  readonly software: boolean;
}): string {
  return adapter.software ? `${adapter.name} [software]` : adapter.name;
}

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
