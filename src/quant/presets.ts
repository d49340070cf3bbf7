import { exactFamilies, formats, usualFormat } from "./registry.ts";
import type { FormatRow } from "./types.ts";
import { formatName } from "./weight-format.ts";

/** Lists of settings that belong together, by name: what a sweep can be told instead of settings. */
export type PresetName = "bits" | "groups" | "methods" | "sparse" | "activations" | "everything";

/** Integer activations are rounded in spans of 32, so that weights of these groups meet them. */
const ACTIVATIONS = ["a8", "a4", "a2"];

/** Canonical settings of a preset, from the registry, so that a new format is in them by itself. */
export function presetSettings(name: PresetName): readonly string[] {
  const usual = (row: FormatRow): string => formatName(usualFormat(row));
  const fewBits = ({ bits }: FormatRow): boolean => bits <= 4;
  const symmetric = formats.filter(({ asymmetric }) => !asymmetric);
  switch (name) {
    case "bits":
      return formats.map(usual);
    case "groups":
      return symmetric.flatMap((row) =>
        row.groups.map((group) => formatName({ ...usualFormat(row), group })),
      );
    case "methods":
      return formats
        .filter((row) => row.methods.length > 1 && fewBits(row))
        .flatMap((row) => row.methods.map((method) => formatName({ ...usualFormat(row), method })));
    case "sparse":
      return symmetric
        .filter(({ sparse }) => sparse)
        .map((row) => formatName({ ...usualFormat(row), sparse: true }));
    case "activations":
      return symmetric
        .filter((row) => exactFamilies(usualFormat(row)).length > 0 && [8, 4, 2].includes(row.bits))
        .flatMap((row) => ACTIVATIONS.map((part) => `${usual(row)}+${part}`));
    case "everything": {
      const lists = (["bits", "groups", "methods", "sparse", "activations"] as const).map(
        presetSettings,
      );
      return [...new Set(lists.flat())];
    }
    default:
      return name satisfies never;
  }
}

export const PRESET_NAMES: readonly PresetName[] = [
  "bits",
  "groups",
  "methods",
  "sparse",
  "activations",
  "everything",
];

/** Formats of chosen families whose codes have from `least` to `most` bits. */
export interface BitRange {
  /** Of `formatFamilies()`. */
  readonly families: readonly string[];
  readonly least: number;
  readonly most: number;
}

/** A format's id without its width: "int4-asym" is one of "int-asym"; a digit before a letter is part of the name. */
function familyName(id: string): string {
  return id.replace(/\d+(?![a-z\d])/, "");
}

/** Every family of the registry, in its order. */
export function formatFamilies(): readonly string[] {
  return [...new Set(formats.map(({ id }) => familyName(id)))];
}

/** Canonical settings of a range, in groups of 32 where there are groups. */
export function rangeSettings({ families, least, most }: BitRange): readonly string[] {
  return formats
    .filter(({ id, bits }) => families.includes(familyName(id)) && bits >= least && bits <= most)
    .map((row) => formatName(usualFormat(row)));
}
