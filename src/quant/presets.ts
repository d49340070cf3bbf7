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
