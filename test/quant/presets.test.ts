import { describe, expect, it } from "vitest";
import { PRESET_NAMES, presetSettings } from "../../src/quant/presets.ts";
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
