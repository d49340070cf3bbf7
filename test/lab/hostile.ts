import type { Rng } from "../../src/lib/rng.ts";

/** Texts that are markup, code or a formula somewhere; all are valid in a field of free words. */
export const POISONS = [
  "<script>globalThis.ran=1</script>",
  '"><img src=x onerror="globalThis.ran=1">',
  "</title></style></svg><script>globalThis.ran=1</script>",
  "javascript:globalThis.ran=1",
  "'-globalThis.ran=1-'",
  "`;globalThis.ran=1;`",
  '=HYPERLINK("http://localhost","x")',
  "|](javascript:globalThis.ran=1)<b>`",
  "__proto__",
  "constructor",
  "\u0000\u001b[31m\u202e\ud800",
  "NaN",
] as const;

/** In the place of a field; each a type, size or figure that it should not have. */
const WRONG: readonly unknown[] = [
  null,
  true,
  "",
  "12",
  "NaN",
  "Infinity",
  -1,
  0.5,
  1e308,
  -1e308,
  1e-320,
  2 ** 53,
  [],
  {},
  [[[]]],
  { length: 1e9 },
  "x".repeat(5000),
];

type Holder = Record<string, unknown>;

/** Text of a report with one to four things wrong with it; where two spoil the same field, the later stands. */
export function mutated(report: object, rng: Rng): string {
  const copy: unknown = structuredClone(report);
  const times = 1 + rng.integer(4);
  for (let time = 0; time < times; time++) {
    const places = placesIn(copy);
    const place = places[rng.integer(places.length)];
    if (place) spoil(place.holder, place.name, rng);
  }
  const text = JSON.stringify(copy)
    // JSON.stringify leaves no way to write these: an own "__proto__", and numbers no double holds.
    .replaceAll('"own proto":', '"__proto__":')
    .replaceAll('"beyond":0', '"beyond":1e999');
  return rng.integer(20) === 0 ? text.slice(0, rng.integer(text.length)) : text;
}

function spoil(holder: Holder, name: string, rng: Rng): void {
  const pick = <T>(list: readonly T[]): T | undefined => list[rng.integer(list.length)];
  switch (rng.integer(8)) {
    case 0:
      delete holder[name];
      return;
    case 1:
      holder[name] = pick(WRONG);
      return;
    case 2:
      holder["own proto"] = { polluted: true, software: false, toString: 1 };
      return;
    case 3:
      holder.beyond = 0;
      holder[pick(POISONS) ?? ""] = holder[name];
      return;
    case 4:
      holder[name] = nested(1 + rng.integer(3000));
      return;
    case 5:
      holder.version = pick([0, -1, 2, 99, 1.5, "1", null]);
      return;
    default:
      // The likeliest, and the one that leaves most reports valid.
      if (typeof holder[name] === "string") holder[name] = pick(POISONS);
      else if (typeof holder[name] === "number") holder[name] = pick([0, 1, 1e9, 1e300, 1e-300]);
      else holder[name] = pick(WRONG);
  }
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

/** Every field, at every level that recursion may go to. */
function placesIn(value: unknown, depth = 0): { holder: Holder; name: string }[] {
  if (typeof value !== "object" || value === null || depth > 12) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((name) => [
    { holder, name },
    ...placesIn(holder[name], depth + 1),
  ]);
}

/** Every string of a value replaced but those under the names given: what somebody would write to do harm. */
export function poisoned<T>(value: T, keep: ReadonlySet<string>, poison: string): T {
  if (typeof value === "string") return poison as T;
  if (Array.isArray(value)) return value.map((part) => poisoned(part, keep, poison)) as T;
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [
    name,
    keep.has(name) ? part : poisoned(part, keep, poison),
  ]);
  return Object.fromEntries(parts) as T;
}
