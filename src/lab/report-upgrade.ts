type Fields = Readonly<Record<string, unknown>>;

/** Makes a report of one version into one of the next. What it is given is not validated yet. */
export type Upgrade = (old: Fields) => Fields;

/**
 * One step for each version there was before this one: the first makes version 1 into 2, and so on. Only what has another meaning
 * or name needs a change; a field that came later and is nullable with null as its default needs none: `(old) => old`.
 */
export const UPGRADES: readonly Upgrade[] = [
  // Version 2 added figures of quality, all with a default.
  (old) => old,
];

/** A report of `version` as this Bitdial would have written it; still to be validated. */
export function upgraded(old: Fields, version: number, upgrades: readonly Upgrade[]): Fields {
  return upgrades
    .slice(version - 1)
    .reduce((report, upgrade, at) => ({ ...upgrade(report), version: version + at + 1 }), old);
}
