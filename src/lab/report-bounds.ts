/** Every list of presets with a row for each kernel takes a tenth of this. Larger files are refused unread. */
export const MAX_REPORT_BYTES = 8_000_000;

const MAX_DEPTH = 24;
/** Of one list or object, and of a whole report. */
const MAX_PARTS = 10_000;
const MAX_VALUES = 400_000;

/** The sentence that refuses a file by its size, or null. */
export function sizeProblem(bytes: number): string | null {
  if (bytes <= MAX_REPORT_BYTES) return null;
  const [size, most] = [bytes, MAX_REPORT_BYTES].map((value) => (value / 1e6).toFixed(1));
  return `It is too large for a report: ${size} MB, and at most ${most} MB are read.`;
}

/**
 * The sentence that refuses JSON no report looks like, or null: a schema would name each of a million bad fields.
 * Walks without recursion, which depth could break.
 */
export function shapeProblem(json: unknown): string | null {
  const open: { readonly value: object; readonly depth: number }[] = [];
  const enter = (value: unknown, depth: number): void => {
    if (typeof value === "object" && value !== null) open.push({ value, depth });
  };
  enter(json, 1);
  let values = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (depth > MAX_DEPTH) return `It is nested deeper than ${MAX_DEPTH} levels; no report is.`;
    const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
    values += parts.length;
    if (parts.length > MAX_PARTS) return tooMany(parts.length, "in one list", MAX_PARTS);
    if (values > MAX_VALUES) return tooMany(values, "in all", MAX_VALUES);
    for (const part of parts) enter(part, depth + 1);
  }
  return null;
}

function tooMany(found: number, where: string, most: number): string {
  const [count, limit] = [found, most].map((value) => value.toLocaleString("en-US"));
  return `It holds ${count} values ${where}; a report has at most ${limit}.`;
}
