import { type Family, formatRow } from "../quant/registry.ts";
import type { ValuesWay, WeightFormat } from "../quant/types.ts";
import type { DeviceFeatures } from "./spec.ts";
import { isNarrow } from "./variant.ts";

export type { Family };

/** One way to cut up the loop of matvec or matmul; which is fastest depends on the device. */
export interface LinearVariant {
  /** "uniform-l32-s1" (matvec), "uniform-l32-t16" (matmul) */
  readonly id: string;
  /** How activations are bound; a uniform binding holds 64 KiB of them. */
  readonly x: "uniform" | "storage";
  /** Quads of rows in a workgroup. */
  readonly lanes: number;
  /** Lanes that share a quad's inputs. */
  readonly splits: number;
  /** Tokens in a tile: 1 is matvec. */
  readonly tokens: number;
  readonly ways: readonly Way[];
}

/** How codes become numbers, where a format has more than one way. */
const valuesWays = ["masked", "spread", "registers", "shared"] as const satisfies ValuesWay[];
/** Parts of a kernel that have a second version. */
const ways = ["f16", "subgroup", "shuffle", "kept", ...valuesWays] as const;
/**
 * f16: reads f16 weights as f16. subgroup, shuffle: four or eight lanes of a subgroup share their loads of activations. kept:
 * of 2:4 weights, picks the inputs instead of spreading the codes. The others are ValuesWay.
 */
export type Way = (typeof ways)[number];
/** Those that need the feature. */
export const subgroupWays: readonly Way[] = ["subgroup", "shuffle", "spread"];

/** Best first for a device nobody has measured; always one from storage, for what is too wide for a uniform binding. */
function cuts(
  format: WeightFormat,
  family: Family,
  tokens: 1 | 16,
  features: DeviceFeatures,
): string[] {
  const narrow = isNarrow(features);
  if (family !== "dequant") {
    // On CPUs a table in workgroup memory is read lane by lane.
    if (family === "lut" && narrow && features.subgroupMin === 8) {
      const cut = tokens === 16 ? "l32-t8" : "l8-s1";
      return [`uniform-${cut}-shuffle`, `storage-${cut}-shuffle`];
    }
    if (tokens === 16) return ["uniform-l32-t8", "storage-l32-t8"];
    return narrow ? ["uniform-l8-s1", "storage-l8-s1"] : ["storage-l16-s8", "uniform-l32-s1"];
  }
  const [plain, own] = valuesSuffixes(format, features).map((way) => (way ? `-${way}` : ""));
  // Eight lanes can share what they load.
  const eight = narrow && features.subgroupMin === 8;
  if (tokens === 16) {
    if (eight) {
      const shared = `l32-t16-shuffle${own}`;
      const others = [`uniform-l32-t16-shuffle${plain}`, `uniform-l32-t16${plain}`];
      return [`uniform-${shared}`, ...others, `storage-${shared}`];
    }
    if (narrow) {
      const shared = `l32-t16-subgroup${own}`;
      return [`uniform-${shared}`, `uniform-l32-t16${plain}`, `storage-${shared}`];
    }
    const others = ["uniform-l32-t16", "uniform-l32-t8", "storage-l32-t8"];
    if (features.subgroups) others.push("storage-l32-t16-subgroup");
    return others.map((cut) => `${cut}${plain}`);
  }
  const kept = format.sparse ? "-kept" : "";
  if (narrow) {
    if (eight && formatRow(format.id).shader.unit >= 32) {
      const ids = [`${kept}${own}`, plain];
      const cuts = ["-shuffle", ""].flatMap((way) => ids.map((id) => `uniform-l8-s1${way}${id}`));
      return [...cuts, `storage-l8-s1-shuffle${kept}${own}`];
    }
    const first = `l8-s1${kept}${own}`;
    return [`uniform-${first}`, `uniform-l8-s1${plain}`, `storage-${first}`];
  }
  // Lanes that share a quad's inputs read different ones at a time, which a uniform binding would serialise.
  const wide = plain ? "l32-s8" : "l64-s4"; // tables of 64 quads do not fit into workgroup memory
  const cuts = [`storage-l16-s8${kept}`, "storage-l16-s8", `storage-${wide}`, "uniform-l32-s1"];
  return cuts.map((cut) => `${cut}${plain}`);
}

/** Ways that every variant takes, and that the first choice of a CPU takes. */
function valuesSuffixes(
  { id }: WeightFormat,
  features: DeviceFeatures,
): readonly [plain: ValuesWay | undefined, own: ValuesWay | undefined] {
  const { ways: offered = {} } = formatRow(id).shader;
  const narrow = isNarrow(features);
  const tables = narrow ? "registers" : "shared";
  if (offered[tables]) return [tables, tables];
  if (offered.spread && narrow && features.subgroupMin === 8) return ["spread", "spread"];
  return [undefined, narrow && offered.masked ? "masked" : undefined];
}

/** Variants for one token or for tiles of a batch, best first for a device nobody has measured. */
export function linearVariants(
  format: WeightFormat,
  family: Family,
  tokens: 1 | 16,
  features: DeviceFeatures,
): readonly LinearVariant[] {
  const ids = cuts(format, family, tokens, features);
  if (formatRow(format.id).shader.codesF16 && features.f16) ids.push(`${ids[0]}-f16`);
  return [...new Set(ids)].map(parseVariant);
}

function parseVariant(id: string): LinearVariant {
  const [x, lanes, cut, ...rest] = id.split("-");
  const count = Number(cut?.slice(1));
  return {
    id,
    x: x === "uniform" ? "uniform" : "storage",
    lanes: Number(lanes?.slice(1)),
    splits: cut?.startsWith("s") ? count : 1,
    tokens: cut?.startsWith("t") ? count : 1,
    ways: ways.filter((way) => rest.includes(way)),
  };
}

export function valuesWay(ways: readonly Way[]): ValuesWay | undefined {
  return valuesWays.find((way) => ways.includes(way));
}
