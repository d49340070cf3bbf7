import { formatRow } from "../quant/registry.ts";
import type { FormatRow, WeightFormat } from "../quant/types.ts";
import type { BindingSpec, DeviceFeatures, ShaderKey } from "./spec.ts";
import { isNarrow } from "./variant.ts";

/**
 * Matrix times activations. "dequant" sums in f32; "dp4a" and "bitserial" take integer activations,
 * are exact within 32 inputs and equal each other bit for bit.
 */
export type Family = "dequant" | "dp4a" | "bitserial";
/** Writes outputs, adds them to what is there, or writes them to the sampled token's row. */
export type Store = "set" | "add" | "logits";

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
  /**
   * "f16" reads f16 weights as f16, "masked" unpacks codes without shifts, "subgroup" shares loads of
   * activations within a subgroup.
   */
  readonly way: "plain" | "f16" | "masked" | "subgroup";
}

export interface LinearShape {
  readonly rows: number;
  readonly cols: number;
  readonly tokens: number;
  /** Strides of a token and the offset, in f32, multiples of 4. Outputs are written in fours: up to three past `rows` get 0. */
  readonly xStride: number;
  readonly yStride: number;
  readonly yOffset: number;
  readonly format: WeightFormat;
}

/** Best first for a device nobody has measured. */
function cuts(family: Family, tokens: 1 | 16, ints: boolean, features: DeviceFeatures): string[] {
  const narrow = isNarrow(features);
  const { subgroups } = features;
  if (family !== "dequant") {
    if (tokens === 16)
      return narrow ? ["uniform-l8-t8", "storage-l8-t8"] : ["uniform-l32-t8", "storage-l32-t8"];
    return narrow
      ? ["uniform-l8-s1", "storage-l8-s1"]
      : ["uniform-l16-s8", "uniform-l32-s1", "storage-l16-s8"];
  }
  if (tokens === 16) {
    // Mesa 22.3's llvmpipe (subgroups of 8) loses memory at every run of a workgroup of several subgroups.
    if (narrow && features.subgroupMax === 8) return ["uniform-l8-t16", "uniform-l8-t8"];
    if (narrow) return ["uniform-l32-t16", "uniform-l32-t16-subgroup", "storage-l32-t16-subgroup"];
    const others = ["uniform-l32-t16", "uniform-l32-t8", "storage-l32-t8"];
    return subgroups ? [...others, "storage-l32-t16-subgroup"] : others;
  }
  if (narrow) return ["uniform-l8-s1", ints ? "storage-l8-s1-masked" : "storage-l8-s1"];
  return ["uniform-l16-s8", "uniform-l32-s1", "uniform-l64-s4", "storage-l16-s8", "storage-l8-s1"];
}

/** Variants for one token or for tiles of a batch, best first for a device nobody has measured. */
export function linearVariants(
  format: WeightFormat,
  family: Family,
  tokens: 1 | 16,
  features: DeviceFeatures,
): readonly LinearVariant[] {
  const ints = formatRow(format.id).family === "int";
  const ids = cuts(family, tokens, ints, features);
  if (format.id === "f16" && features.f16) ids.push(`${ids[0]}-f16`);
  return ids.map(parseVariant);
}

function parseVariant(id: string): LinearVariant {
  const parts = /^(uniform|storage)-l(\d+)-([st])(\d+)(?:-(f16|masked|subgroup))?$/.exec(id);
  if (!parts) throw new Error(`"${id}" is no variant`);
  const [, x, lanes, kind, count, way] = parts;
  return {
    id,
    x: x === "uniform" ? "uniform" : "storage",
    lanes: Number(lanes),
    splits: kind === "s" ? Number(count) : 1,
    tokens: kind === "t" ? Number(count) : 1,
    way: way === "f16" || way === "masked" || way === "subgroup" ? way : "plain",
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
      ...(family === "dequant" ? ["lib/products"] : []),
      ...(family === "bitserial" ? [] : weightFiles(format, variant.way)),
      ...scaleFiles(row),
      ...familyFiles(row, family, variant, features),
      ...tileFiles(family, variant),
      `lib/store_${store}`,
      ...(store === "logits" ? ["lib/state"] : []),
    ],
    constants: {
      ...(row.family === "int" && !row.asymmetric ? { ZERO: 2 ** (row.bits - 1) } : {}),
      ...(family === "bitserial" ? { BITS: row.bits, ABITS: activationBits } : {}),
    },
    enables: variant.way === "f16" ? ["f16"] : variant.way === "subgroup" ? ["subgroups"] : [],
    bindings: [
      ...weightBindings(format),
      ...x,
      { name: "y", binding: 5, access: "read_write" },
      ...(store === "logits" ? [{ name: "state", binding: 6, access: "read" } as const] : []),
    ],
    overrides:
      variant.tokens === 1
        ? { LANES: variant.lanes, SPLITS: variant.splits }
        : { LANES: variant.lanes },
  };
}

/** What reads codes and gives four neighbouring inputs of a row; shared with embed. */
export function weightFiles(
  format: WeightFormat,
  way: LinearVariant["way"] = "plain",
): readonly string[] {
  const { family, hooks, bits } = formatRow(format.id);
  const kind = family === "int" ? "int" : "float";
  return [
    `formats/${hooks}${way === "f16" ? "_native" : ""}`,
    ...(family === "int" && bits < 8 ? ["lib/unpack"] : []),
    `lib/${format.sparse ? "sparse24" : "dense"}_${kind}`,
  ];
}

export function scaleFiles({ grouped, asymmetric }: FormatRow): readonly string[] {
  if (!grouped) return ["lib/scale_none"];
  return [`lib/scale_${asymmetric ? "asym" : "sym"}`, "lib/scale_int"];
}

/** Bindings 0 to 3; `scales` and `positions` are absent where the format has none. */
export function weightBindings(format: WeightFormat): readonly BindingSpec[] {
  const { grouped } = formatRow(format.id);
  return [
    { name: "params", binding: 0, access: "uniform" },
    { name: "weights", binding: 1, access: "read" },
    ...(grouped ? [{ name: "scales", binding: 2, access: "read" } as const] : []),
    ...(format.sparse ? [{ name: "positions", binding: 3, access: "read" } as const] : []),
  ];
}

function familyFiles(
  row: FormatRow,
  family: Family,
  { x, way }: LinearVariant,
  { packedDot }: DeviceFeatures,
): readonly string[] {
  switch (family) {
    case "dequant":
      return [
        ...(row.family === "int" ? [`lib/values_${way === "masked" ? "masked" : "int"}`] : []),
        `lib/x_${x}`,
      ];
    case "dp4a":
      return [
        "lib/dot_bytes",
        `lib/dot_${packedDot ? "packed" : "emulated"}`,
        "lib/dot_scaled",
        `lib/xq_${x}`,
      ];
    case "bitserial":
      return ["lib/dot_planes", "lib/dot_scaled", `lib/xq_${x}`];
    default:
      throw new Error(`No kernel family ${family satisfies never}`);
  }
}

function tileFiles(family: Family, { tokens, splits, way }: LinearVariant): readonly string[] {
  if (tokens === 1) return [splits === 1 ? "lib/split_none" : "lib/split_workgroup"];
  return [
    `lib/tile${family === "dequant" ? "" : "_int"}${tokens}${way === "subgroup" ? "_subgroup" : ""}`,
  ];
}

/** "int4-asym-g32+2:4": a format's part of a kernel's name. How codes were chosen is no matter here. */
export function formatLabel({ id, group, sparse }: WeightFormat): string {
  const suffix = group === undefined ? "" : group === "row" ? "-row" : `-g${group}`;
  return `${id}${suffix}${sparse ? "+2:4" : ""}`;
}

/** The words of LinearParams in lib/linear_params.wgsl. */
export function linearParams(shape: LinearShape): Uint32Array {
  const { rows, cols, tokens, xStride, yStride, yOffset, format } = shape;
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
  const { family, bits } = formatRow(format.id);
  const kept = format.sparse ? 2 * Math.ceil(cols / 4) : cols;
  return Math.ceil(kept / (family === "int" ? 32 : 128 / bits));
}

/** Integer families sum a row in eight segments of so many units, see lib/dot_scaled.wgsl. */
export function segmentUnits(units: number): number {
  return Math.ceil(units / 8);
}

/** A span of 32 inputs is in group `span >> shift`. */
function groupShift({ group }: WeightFormat): number {
  return typeof group === "number" ? Math.log2(group / 32) : 31;
}
