import { presetSettings } from "../quant/presets.ts";

/** What the kernels' view asks of the store besides its fields; fetched with the view. */
export { canonicalFormat, fastest, kernelKey, shapeOf } from "./kernels-work.ts";

/** Every format of the registry with its usual group, then 2:4 and rounded activations. */
export function kernelFormats(): readonly string[] {
  const lists = (["bits", "sparse", "activations"] as const).flatMap(presetSettings);
  return [...new Set(lists)];
}
