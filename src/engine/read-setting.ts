import type { ModelConfig } from "../model/config.ts";
import { type FileFormats, resolveNative } from "../quant/native.ts";
import { parseSetting, type Setting } from "../quant/setting.ts";

export interface ReadSetting {
  /** As it is written. */
  readonly asked: Setting;
  /** As it is computed: with the file's formats in the place of `native`. */
  readonly setting: Setting;
}

/** A setting for a model; one that names layers or blocks which the model lacks is a SettingError. */
export function readSetting(
  {
    config,
    own,
  }: { readonly config: ModelConfig; readonly own: { readonly formats: FileFormats } | null },
  text: string,
): ReadSetting {
  const asked = parseSetting(text, { layers: config.layers, native: own !== null });
  return { asked, setting: own ? resolveNative(asked, own.formats) : asked };
}
