/** How a report writes numbers, in Markdown as in HTML, whatever the machine's language. */
export function thousands(value: number): string {
  return value.toLocaleString("en-US");
}

export function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

/** Three digits that count. */
export function significant(value: number): string {
  return value === 0 ? "0" : Number(value.toPrecision(3)).toString();
}

export function megabytes(bytes: number): string {
  return fixed(bytes / 1e6, 2);
}

export function percent(share: number, places = 1): string {
  return `${fixed(share * 100, places)} %`;
}

/** A ratio as what it adds or takes: 1.02 is "+2.00 %". */
export function change(ratio: number): string {
  return `${ratio >= 1 ? "+" : ""}${percent(ratio - 1, 2)}`;
}

/** "1.5 (1.4 to 1.6)", or the value alone where no interval is known. */
export function withInterval(
  estimate: { value: number; interval: { low: number; high: number } | null },
  write: (value: number) => string,
): string {
  const { value, interval } = estimate;
  if (!interval) return write(value);
  return `${write(value)} (${write(interval.low)} to ${write(interval.high)})`;
}
