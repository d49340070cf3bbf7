import { keptCount } from "../quant/layout.ts";
import { type Family, formatRow, inputForm, layoutOf } from "../quant/registry.ts";
import type { FormatRow, WeightFormat } from "../quant/types.ts";
import { type LinearVariant, subgroupWays, valuesWay, type Way } from "./linear-variants.ts";
import type { BindingSpec, DeviceFeatures, ShaderKey } from "./spec.ts";

/** Writes outputs, adds them to what is there, or writes them to the sampled token's row; with a bias or without. */
export type Store = "set" | "add" | "logits" | `${"set" | "add" | "logits"}_bias`;

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
      beginFile(row, family === "dequant" ? variant.ways : []),
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
    ...(ways.some((way) => subgroupWays.includes(way)) ? ["subgroups"] : []),
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
  const way = valuesWay(ways);
  return (way && shader.ways?.[way]) ?? shader.values;
}

/** What runs once before a row: the scales' own preparation and that of the values. Shared with embed. */
export function beginFile({ scales }: FormatRow, ways: readonly Way[] = []): string {
  const way = valuesWay(ways);
  const values = way !== undefined && way !== "masked";
  if (scales?.begins) return `lib/begin_${values ? "both" : "scales"}`;
  return `lib/begin_${values ? "values" : "none"}`;
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
        ...(tokens === 1 ? [`lib/span_${shared}`] : ["lib/eight", `lib/tokens_${shared}`]),
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
