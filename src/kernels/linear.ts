import { keptCount } from "../quant/layout.ts";
import { type Family, formatRow, inputForm, layoutOf } from "../quant/registry.ts";
import type { FormatRow, WeightFormat } from "../quant/types.ts";
import type { BindingSpec, DeviceFeatures, ShaderKey } from "./spec.ts";
import { isNarrow } from "./variant.ts";

export type { Family };
/** Writes outputs, adds them to what is there, or writes them to the sampled token's row; with a bias or without. */
export type Store = "set" | "add" | "logits" | `${"set" | "add" | "logits"}_bias`;

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

/** Parts of a kernel that have a second version. */
const ways = ["f16", "subgroup", "shuffle", "kept", "masked"] as const;
/**
 * f16: reads f16 weights as f16. subgroup, shuffle: four or eight lanes of a subgroup share their loads of activations. kept:
 * of 2:4 weights, picks the inputs instead of spreading the codes. masked: unpacks codes without shifts.
 */
export type Way = (typeof ways)[number];

export interface LinearShape {
  readonly rows: number;
  readonly cols: number;
  readonly tokens: number;
  /** Strides of a token and the offset, in f32, multiples of 4. Outputs are written in fours: up to three past `rows` get 0. */
  readonly xStride: number;
  readonly yStride: number;
  readonly yOffset: number;
  readonly format: WeightFormat;
  /** See EmbedShape. */
  readonly firstRow?: number;
}

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
  const { subgroups, subgroupMin } = features;
  const { valuesMasked, unit } = formatRow(format.id).shader;
  const masked = valuesMasked ? "-masked" : "";
  // Eight lanes can share what they load.
  const eight = narrow && subgroupMin === 8;
  if (tokens === 16) {
    const shared = `l32-t16-subgroup${narrow ? masked : ""}`;
    if (eight) {
      const eights = `l32-t16-shuffle${masked}`;
      return [
        `uniform-${eights}`,
        "uniform-l32-t16-shuffle",
        "uniform-l32-t16",
        `storage-${eights}`,
      ];
    }
    if (narrow) return [`uniform-${shared}`, "uniform-l32-t16", `storage-${shared}`];
    const others = ["uniform-l32-t16", "uniform-l32-t8", "storage-l32-t8"];
    return subgroups ? [...others, `storage-${shared}`] : others;
  }
  const kept = format.sparse ? "-kept" : "";
  if (narrow) {
    const ways = `${kept}${masked}`;
    if (eight && unit >= 32) {
      return [
        `uniform-l8-s1-shuffle${ways}`,
        "uniform-l8-s1-shuffle",
        `uniform-l8-s1${ways}`,
        "uniform-l8-s1",
        `storage-l8-s1-shuffle${ways}`,
      ];
    }
    return [`uniform-l8-s1${ways}`, "uniform-l8-s1", `storage-l8-s1${ways}`];
  }
  // Lanes that share a quad's inputs read different ones at a time, which a uniform binding would serialise.
  return [`storage-l16-s8${kept}`, "storage-l16-s8", "storage-l64-s4", "uniform-l32-s1"];
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

/** `activationBits` (2 to 8) are those of the integer families. */
export function linearShader(
  format: WeightFormat,
  family: Family,
  store: Store,
  variant: LinearVariant,
  features: DeviceFeatures,
  activationBits = 8,
): ShaderKey {
  const row = formatRow(format.id);
  const kernel = variant.tokens === 1 ? "matvec" : "matmul";
  const name = `${formatLabel(format)}${family === "dequant" ? "" : `+a${activationBits}+${family}`}`;
  const access = variant.x === "uniform" ? "uniform" : "read";
  const x: BindingSpec[] =
    family === "dequant"
      ? [{ name: "x", binding: 4, access }]
      : [
          { name: "xq", binding: 4, access },
          { name: "xs", binding: 7, access },
        ];
  return {
    label: `${kernel}/${name}/${variant.id}${store === "set" ? "" : `/${store}`}`,
    files: [
      `kernels/${kernel}${family === "dequant" ? "" : "_int"}`,
      "lib/linear_params",
      ...(layoutOf(family) === "planes" ? [] : weightFiles(format, variant.ways)),
      ...scaleFiles(row),
      ...familyFiles(row, family, variant, features),
      `lib/store_${store}`,
      ...(store.startsWith("logits") ? ["lib/state"] : []),
    ],
    constants: {
      ...row.shader.constants,
      ...planeConstants(row, family, activationBits),
    },
    enables: enablesOf(variant),
    bindings: [
      ...weightBindings(format),
      ...x,
      { name: "y", binding: 5, access: "read_write" },
      ...(store.startsWith("logits")
        ? [{ name: "state", binding: 6, access: "read" } as const]
        : []),
      ...(store.endsWith("_bias") ? [{ name: "bias", binding: 8, access: "read" } as const] : []),
    ],
    overrides:
      variant.tokens === 1
        ? { LANES: variant.lanes, SPLITS: variant.splits }
        : { LANES: variant.lanes },
  };
}

/** Bytes of activations are as many words a span as eight planes. */
function planeConstants({ blocks, bits }: FormatRow, family: Family, activationBits: number) {
  if (layoutOf(family) === "packed") return {};
  const words = inputForm(family) === "planes" ? activationBits : 8;
  return { BITS: blocks.planes?.words ?? bits, ABITS: words };
}

function enablesOf({ ways }: LinearVariant): readonly string[] {
  return [
    ...(ways.includes("f16") ? ["f16"] : []),
    ...(ways.includes("subgroup") || ways.includes("shuffle") ? ["subgroups"] : []),
  ];
}

/** What reads codes and gives four neighbouring inputs of a row; shared with embed. */
export function weightFiles(format: WeightFormat, ways: readonly Way[] = []): readonly string[] {
  const { codes, codesF16, spans } = formatRow(format.id).shader;
  const files = (ways.includes("f16") && codesF16) || codes;
  if (spans === "own") return files;
  if (!format.sparse) return [...files, `lib/dense_${spans}`];
  const spread = ways.includes("kept") ? "kept24" : "spread24";
  return [...files, `lib/sparse24_${spans}`, `lib/${spread}_${spans}`];
}

/** Codes as numbers; shared with embed. */
export function valueFiles({ shader }: FormatRow, ways: readonly Way[] = []): readonly string[] {
  return (ways.includes("masked") && shader.valuesMasked) || shader.values;
}

export function scaleFiles({ scales }: FormatRow): readonly string[] {
  return scales?.files ?? ["lib/scale_none"];
}

/** Bindings 0 to 3; `scales` and `positions` are absent where the format has none. */
export function weightBindings(format: WeightFormat): readonly BindingSpec[] {
  const { scales } = formatRow(format.id);
  return [
    { name: "params", binding: 0, access: "uniform" },
    { name: "weights", binding: 1, access: "read" },
    ...(scales ? [{ name: "scales", binding: 2, access: "read" } as const] : []),
    ...(format.sparse ? [{ name: "positions", binding: 3, access: "read" } as const] : []),
  ];
}

function familyFiles(
  row: FormatRow,
  family: Family,
  { x, tokens, splits, ways }: LinearVariant,
  { packedDot }: DeviceFeatures,
): readonly string[] {
  const int = family === "dequant" ? "" : "_int";
  const cut =
    tokens === 1 ? `lib/split_${splits === 1 ? "none" : "workgroup"}` : `lib/tile${int}${tokens}`;
  const integers = [cut, "lib/dot_scaled", `lib/xq_${x}`];
  const each = ["lib/xq_each", ...(tokens === 1 ? [] : ["lib/dots_each"])];
  const dot = `lib/dot_${packedDot ? "packed" : "emulated"}`;
  switch (family) {
    case "dequant": {
      const inputs = `lib/inputs_${ways.includes("kept") ? "kept" : "all"}`;
      const shared = ways.find((way) => way === "subgroup" || way === "shuffle") ?? "each";
      return [
        cut,
        `lib/${tokens === 1 ? "span" : "tokens"}_${shared}`,
        "lib/rows",
        ...valueFiles(row, ways),
        ...(tokens === 1 ? [inputs] : []),
        ...(ways.includes("kept") ? [] : ["lib/products"]),
        `lib/x_${x}`,
      ];
    }
    case "dp4a": {
      const levels = row.shader.dp4a ?? [];
      return [...integers, ...each, "lib/rows", "lib/dot_bytes", ...levels, dot];
    }
    case "bitserial":
      return [...integers, ...each, ...(row.shader.bitserial ?? [])];
    case "lut": {
      const table = ways.includes("shuffle") ? ["lib/table_shuffle"] : ["lib/table_workgroup", dot];
      const lut = `lib/lut_${tokens === 1 ? "one" : "tile"}`;
      return [...integers, lut, ...table, "lib/planes", ...(row.shader.lut ?? [])];
    }
    default:
      throw new Error(`No kernel family ${family satisfies never}`);
  }
}

/** "int4-asym-g32+2:4": a format's part of a kernel's name. How codes were chosen is no matter here. */
export function formatLabel({ id, group, sparse }: WeightFormat): string {
  const suffix = group === undefined ? "" : group === "row" ? "-row" : `-g${group}`;
  return `${formatRow(id).stem ?? id}${suffix}${sparse ? "+2:4" : ""}`;
}

/** The words of LinearParams in lib/linear_params.wgsl. */
export function linearParams(shape: LinearShape): Uint32Array {
  const { rows, cols, tokens, xStride, yStride, yOffset, format, firstRow = 0 } = shape;
  const units = unitCount(format, cols);
  return Uint32Array.of(
    rows,
    cols,
    Math.ceil(rows / 4),
    units,
    Math.ceil(cols / 32),
    groupShift(format),
    xStride / 4,
    yStride / 4,
    yOffset / 4,
    tokens,
    segmentUnits(units),
    0,
    firstRow,
  );
}

/** Workgroups for `tokens` tokens. */
export function linearGrid(
  variant: LinearVariant,
  rows: number,
  tokens: number,
): [number, number, number] {
  return [Math.ceil(Math.ceil(rows / 4) / variant.lanes), Math.ceil(tokens / variant.tokens), 1];
}

/** Steps of a kernel's loop along a row: blocks of 32 kept codes, or chunks of 16 bytes of floats. */
export function unitCount(format: WeightFormat, cols: number): number {
  return Math.ceil(keptCount(format.sparse, cols) / formatRow(format.id).shader.unit);
}

/** Integer families sum a row in eight segments of so many units, see lib/dot_scaled.wgsl. */
export function segmentUnits(units: number): number {
  return Math.ceil(units / 8);
}

/** A span of 32 inputs is in group `span >> shift`; groups within a span are the format's own affair. */
function groupShift(format: WeightFormat): number {
  const { fixedGroup } = formatRow(format.id);
  const size = format.group ?? fixedGroup ?? "row";
  return size === "row" ? 31 : Math.max(0, Math.log2(size / 32));
}
