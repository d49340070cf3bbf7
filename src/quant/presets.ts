import { formats } from "./registry.ts";
import type { FormatRow } from "./types.ts";

/** Lists of settings that belong together, by name: what a sweep can be told instead of settings. */
export type PresetName = "bits" | "groups" | "methods" | "sparse" | "activations" | "everything";

const GROUPS = ["g32", "g64", "g128", "row"];
/** Integer activations are rounded in spans of 32, so that weights of these groups meet them. */
const ACTIVATIONS = ["a8", "a4", "a2"];

/** Canonical settings of a preset, from the registry, so that a new format is in them by itself. */
export function presetSettings(name: PresetName): readonly string[] {
  const floats = formats.filter(({ grouped }) => !grouped).map(({ id }) => id);
  const grouped = formats.filter((row) => row.grouped);
  const symmetric = grouped.filter(({ asymmetric }) => !asymmetric);
  const fewBits = ({ bits }: FormatRow): boolean => bits <= 4;
  const usual = ({ id }: FormatRow): string => `${id}-g32`;
  switch (name) {
    case "bits":
      return [...floats, ...grouped.map(usual)];
    case "groups":
      return symmetric.flatMap(({ id }) => GROUPS.map((group) => `${id}-${group}`));
    case "methods":
      return grouped.filter(fewBits).flatMap((row) => [usual(row), `${usual(row)}@clip`]);
    case "sparse":
      return [...floats, ...symmetric.map(usual)].map((base) => `${base}+2:4`);
    case "activations":
      return symmetric
        .filter(({ bits }) => [8, 4, 2].includes(bits))
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

/** A format's id without its width: "int4-asym" is one of "int-asym". */
function familyName(id: string): string {
  return id.replace(/\d+/, "");
}

/** Every family of the registry, in its order. */
export function formatFamilies(): readonly string[] {
  return [...new Set(formats.map(({ id }) => familyName(id)))];
}

/** Canonical settings of a range, in groups of 32 where there are groups. */
export function rangeSettings({ families, least, most }: BitRange): readonly string[] {
  return formats
    .filter(({ id, bits }) => families.includes(familyName(id)) && bits >= least && bits <= most)
    .map(({ id, grouped }) => (grouped ? `${id}-g32` : id));
}
