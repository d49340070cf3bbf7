import type { DeviceFeatures } from "./spec.ts";

/** How a kernel reads what all lanes share: a uniform binding is read faster but holds little. */
export type Source = "uniform" | "storage";
/** How lanes of a workgroup add up; the files lib/reduce_* define the same functions. "single": the workgroup is one subgroup. */
export type Reduce = "subgroup" | "workgroup" | "single";

/** Values that a uniform binding declared as array<vec4f, 4096> holds. */
const UNIFORM_FLOATS = 16_384;

/** For `floats` values in all, counted from the start of the binding; storage when that is not known. */
export function sourceFor(floats: number | undefined): Source {
  return floats !== undefined && floats <= UNIFORM_FLOATS ? "uniform" : "storage";
}

/** Where subgroups are this small the device is a CPU: it has few lanes, and barriers are dear. */
export function isNarrow({ subgroups, subgroupMax }: DeviceFeatures): boolean {
  return subgroups && subgroupMax <= 8;
}

export function reduceFile(reduce: Reduce): string {
  return `lib/reduce_${reduce}`;
}

export function reduceEnables(reduce: Reduce): readonly string[] {
  return reduce === "workgroup" ? [] : ["subgroups"];
}
