// What packs, compiles and computes. The engine fetches it while a model's weights come: they are asked for first.
export { PipelineCache } from "../gpu/pipelines.ts";
export { evaluate } from "./evaluate.ts";
export { generateIn } from "./generate.ts";
export { measureSpeed } from "./measure.ts";
export { Session } from "./session.ts";
export { deviceFeatures } from "./shared.ts";
export { estimateSize } from "./size.ts";
export { VariantChooser } from "./variants.ts";
