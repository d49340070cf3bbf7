import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../lib/assert.ts";
import {
  formatFamilies,
  PRESET_NAMES,
  type PresetName,
  presetSettings,
  rangeSettings,
} from "../quant/presets.ts";
import { formatSetting, parseSetting } from "../quant/setting.ts";
import { list } from "./options.ts";

/** The ways to say which settings a sweep measures; one of them is given. */
export interface ChosenSettings {
  settings?: string[];
  preset?: PresetName;
  family?: string[];
  bits?: { least: number; most: number };
}

export function withSettings(command: Command): Command {
  return command
    .option("--settings <list>", "settings, commas between", list)
    .addOption(new Option("--preset <name>", "settings that belong together").choices(PRESET_NAMES))
    .option("--family <names>", "formats of these families, commas between", families)
    .option("--bits <range>", "widths for --family: 3-6, or 4", bitRange);
}

/** Canonical settings, of one way to name them. Throws UserError. */
export function wantedSettings({
  settings,
  preset,
  family,
  bits,
}: ChosenSettings): readonly string[] {
  const ways = [settings, preset, family].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new UserError("sweep takes one of --settings, --preset and --family.");
  }
  if (bits && !family) throw new UserError("--bits takes --family: whose widths it bounds.");
  if (!family) return (settings ?? presetSettings(preset ?? "bits")).map(canonical);
  const { least, most } = bits ?? { least: 1, most: 32 };
  const found = rangeSettings({ families: family, least, most });
  if (found.length === 0) {
    throw new UserError(`--bits ${least}-${most}: no format of ${family.join(", ")} is as wide.`);
  }
  return found;
}

function families(text: string): string[] {
  const names = list(text);
  const known = formatFamilies();
  const other = names.find((name) => !known.includes(name));
  if (other === undefined) return names;
  throw new InvalidArgumentError(`"${other}" is no family; there are ${known.join(", ")}.`);
}

function bitRange(text: string): { least: number; most: number } {
  const [, from = "", to = from] = /^(\d+)(?:-(\d+))?$/.exec(text.trim()) ?? [];
  const range = { least: Number(from), most: Number(to) };
  if (from === "" || range.least > range.most) {
    throw new InvalidArgumentError("It takes a width or two with a dash between them: 4, or 3-6.");
  }
  return range;
}

/** A mistake shows here, before the work starts, and two spellings of one setting are measured once. */
export function canonical(setting: string): string {
  return formatSetting(parseSetting(setting));
}
