/** Between a figure and its unit no line breaks. */
const NBSP = "\u00a0";

/** Figures as the page writes them: few digits, never more than the measurement carries. */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function whole(value: number): string {
  return grouped.format(value);
}

export function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return value >= 100 ? whole(value) : value.toFixed(value >= 10 ? 1 : 2);
}

/** A KL in nats. */
export function nats(value: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) < 1e-6) return "<0.000001";
  return Number(value.toPrecision(value < 0.1 ? 2 : 3)).toString();
}

/** A change in nats. */
export function signedNats(value: number): string {
  return value === 0 ? "0" : `${value > 0 ? "+" : "−"}${nats(Math.abs(value))}`;
}

export function bits(value: number): string {
  return value.toFixed(value >= 10 ? 1 : 2);
}

export function perSecond(value: number): string {
  return value >= 100 ? whole(value) : value.toPrecision(3);
}

export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}${NBSP}%`;
}

/** A share as a style sheet takes it. */
export function widthOf(share: number): string {
  return `${(Math.min(1, Math.max(0, share)) * 100).toFixed(2)}%`;
}

export function signedPercent(share: number): string {
  const digits = Math.abs(share) < 0.01 ? 2 : 1;
  return `${share >= 0 ? "+" : "−"}${Math.abs(share * 100).toFixed(digits)}${NBSP}%`;
}

/** "52.8 to 57.4 %" */
export function percentRange(low: number, high: number): string {
  return `${(low * 100).toFixed(1)} to ${percent(high)}`;
}

export function times(ratio: number): string {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : 2)}×`;
}

export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)}${NBSP}s`;
  return `${value >= 10 ? value.toFixed(0) : value.toPrecision(2)}${NBSP}ms`;
}

export function parameters(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} B`;
  return count >= 1e6 ? `${(count / 1e6).toFixed(1)} M` : `${(count / 1e3).toFixed(0)} k`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}
