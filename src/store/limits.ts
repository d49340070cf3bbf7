import { type ModelLimits, parseSetting } from "../quant/setting.ts";
import type { ModelInfo } from "./types.ts";

/** What settings can name of a model; of none yet, anything. */
export function limitsOf(model: Pick<ModelInfo, "layers" | "blocks"> | null): ModelLimits {
  return model ? { layers: model.layers, native: model.blocks.length > 0 } : {};
}

/** Whether a setting that was made for another model can be loaded. */
export function readsHere(setting: string, limits: ModelLimits): boolean {
  try {
    parseSetting(setting, limits);
    return true;
  } catch {
    return false;
  }
}
