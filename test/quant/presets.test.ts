import { describe, expect, it } from "vitest";
import {
  formatFamilies,
  PRESET_NAMES,
  presetSettings,
  rangeSettings,
} from "../../src/quant/presets.ts";
import { formats } from "../../src/quant/registry.ts";
import { formatSetting, parseSetting } from "../../src/quant/setting.ts";

describe.each(PRESET_NAMES)("preset %s", (name) => {
  it("has canonical settings, none twice", () => {
    const settings = presetSettings(name);
    expect(settings.length).toBeGreaterThan(8);
    expect(settings.map((setting) => formatSetting(parseSetting(setting)))).toEqual(settings);
    expect(new Set(settings).size).toBe(settings.length);
  });
});

it("leaves no format of the registry out of everything", () => {
  const used = new Set(presetSettings("everything").map((text) => parseSetting(text).base.id));
  expect([...used].sort()).toEqual(formats.map(({ id }) => id).sort());
});

it("finds every format in one family, and those of a range alone", () => {
  const all = rangeSettings({ families: formatFamilies(), least: 1, most: 32 });
  expect(all.map((setting) => parseSetting(setting).base.id)).toEqual(formats.map(({ id }) => id));
  expect(rangeSettings({ families: ["int"], least: 3, most: 5 })).toEqual([
    "int5-g32",
    "int4-g32",
    "int3-g32",
  ]);
  expect(rangeSettings({ families: ["int", "int-asym"], least: 2, most: 2 })).toEqual([
    "int2-g32",
    "int2-asym-g32",
  ]);
  expect(rangeSettings({ families: [], least: 1, most: 32 })).toEqual([]);
});
