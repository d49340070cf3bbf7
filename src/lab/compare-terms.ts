import type { Report, ReportEntry } from "./report.ts";

export interface NamedReport {
  /** A file's name, say; unlike the others' names. */
  readonly name: string;
  readonly report: Report;
}

export interface HeldEntry {
  readonly named: NamedReport;
  readonly entry: ReportEntry;
}

type Pair = readonly [first: HeldEntry, other: HeldEntry];

/** Sentences on what makes figures of two reports incomparable, each once. */
export function comparisonWarnings(
  reports: readonly NamedReport[],
  pairs: readonly Pair[],
): string[] {
  const software = reports
    .filter(({ report }) => report.adapter.software)
    .map(
      ({ name, report }) =>
        `${name} is of a software adapter (${report.adapter.name}): its times say nothing about a GPU.`,
    );
  const quality = pairs.flatMap(([first, other]) =>
    qualityObstacles(first, other).map(
      (obstacle) => `${between(first, other)}: ${obstacle}; quality cannot be compared.`,
    ),
  );
  const speed = pairs.flatMap(([first, other]) =>
    speedObstacles(first, other).map(
      (obstacle) => `${between(first, other)}: ${obstacle}; speed ratios are a hint at most.`,
    ),
  );
  return [...new Set([...quality, ...speed, ...software])];
}

/** Why the quality of one setting in two reports is not the same figure. Empty if it is. */
export function qualityObstacles(first: HeldEntry, other: HeldEntry): string[] {
  const [one, two] = [first.entry.quality, other.entry.quality];
  if (!one || !two) return [];
  const windows = (quality: typeof one): string => `${quality.window}/${quality.stride}`;
  return [
    ...modelObstacle(first, other),
    ...unequal("reference", first.named.report.reference, other.named.report.reference),
    ...unequal("text SHA-256", one.text.sha256, two.text.sha256),
    ...unequal("window and stride", windows(one), windows(two)),
    ...unequal("number of scored tokens", String(one.tokens), String(two.tokens)),
  ];
}

/** Why a ratio of speeds says little of the two adapters. */
export function speedObstacles(first: HeldEntry, other: HeldEntry): string[] {
  const [one, two] = [first.entry.speed, other.entry.speed];
  if (!one || !two) return [];
  const lengths = (speed: typeof one): string => `${speed.promptTokens} and ${speed.tokens}`;
  return [
    ...modelObstacle(first, other),
    ...unequal("number of tokens read and written", lengths(one), lengths(two)),
  ];
}

function modelObstacle(first: HeldEntry, other: HeldEntry): string[] {
  const [a, b] = [first.named.report.model, other.named.report.model];
  return unequal("model SHA-256", a.sha256, b.sha256);
}

function unequal(what: string, there: string, here: string): string[] {
  return there === here ? [] : [`the ${what} differs (${short(there)}, ${short(here)})`];
}

function between(first: HeldEntry, other: HeldEntry): string {
  return `${first.named.name} and ${other.named.name}`;
}

/** Twelve digits of a hash tell it from any other. */
function short(words: string): string {
  return /^[0-9a-f]{64}$/.test(words) ? `${words.slice(0, 12)}…` : words;
}
