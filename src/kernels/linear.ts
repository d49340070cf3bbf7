import { formatRow } from "../quant/registry.ts";
import type { FormatRow, WeightFormat } from "../quant/types.ts";
import type { BindingSpec, DeviceFeatures, ShaderKey } from "./spec.ts";

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
  /** Reads f16 weights as f16; needs the feature. */
  readonly nativeF16: boolean;
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

const matvecCuts = [
  "uniform-l32-s1",
  "uniform-l16-s8",
  "uniform-l8-s1",
  "storage-l8-s1",
  "storage-l32-s8",
];
const matmulCuts = [
  "uniform-l32-t16",
  "uniform-l32-t8",
  "uniform-l8-t16",
  "storage-l32-t8",
  "storage-l8-t16",
];
const intMatvecCuts = ["uniform-l32-s1", "uniform-l16-s8", "storage-l8-s1"];
const intMatmulCuts = ["uniform-l32-t8", "uniform-l8-t8", "storage-l32-t8"];

/** Variants for one token or for tiles of a batch, best first for a device nobody has measured. */
export function linearVariants(
  format: WeightFormat,
  family: Family,
  tokens: 1 | 16,
  features: DeviceFeatures,
): readonly LinearVariant[] {
  const dequant = family === "dequant";
  const cuts =
    tokens === 1 ? (dequant ? matvecCuts : intMatvecCuts) : dequant ? matmulCuts : intMatmulCuts;
  const variants = cuts.map(parseVariant);
  if (format.id !== "f16" || !features.f16) return variants;
  const [first] = variants;
  return first ? [...variants, { ...first, id: `${first.id}-f16`, nativeF16: true }] : variants;
}

function parseVariant(id: string): LinearVariant {
  const [, x, lanes, kind, count] = /^(uniform|storage)-l(\d+)-([st])(\d+)$/.exec(id) ?? [];
  return {
    id,
    x: x === "uniform" ? "uniform" : "storage",
    lanes: Number(lanes),
    splits: kind === "s" ? Number(count) : 1,
    tokens: kind === "t" ? Number(count) : 1,
    nativeF16: false,
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
      ...(family === "bitserial" ? [] : weightFiles(format, variant.nativeF16)),
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
    enables: variant.nativeF16 ? ["f16"] : [],
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
export function weightFiles(format: WeightFormat, nativeF16 = false): readonly string[] {
  const { family, hooks, bits } = formatRow(format.id);
  const kind = family === "int" ? "int" : "float";
  return [
    `formats/${hooks}${nativeF16 ? "_native" : ""}`,
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
  { x }: LinearVariant,
  { packedDot }: DeviceFeatures,
): readonly string[] {
  switch (family) {
    case "dequant":
      return [...(row.family === "int" ? ["lib/values_int"] : []), `lib/x_${x}`];
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

function tileFiles(family: Family, { tokens, splits }: LinearVariant): readonly string[] {
  if (tokens === 1) return [splits === 1 ? "lib/split_none" : "lib/split_workgroup"];
  return [family === "dequant" ? `lib/tile${tokens}` : `lib/tile_int${tokens}`];
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
