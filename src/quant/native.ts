import type { MatrixName } from "./overrides.ts";
import { formats } from "./registry.ts";
import { formatOf, type Setting } from "./setting.ts";
import type { WeightFormat } from "./types.ts";
import { isNative } from "./weight-format.ts";

/** How a model's file stores each of its matrices, as the formats that hold the same numbers. */
export interface FileFormats {
  readonly matrices: readonly {
    readonly layer: number;
    readonly matrix: MatrixName;
    readonly format: WeightFormat;
  }[];
  readonly embedding: WeightFormat;
  readonly head: WeightFormat;
}

const blockRows = new Map(formats.flatMap((row) => (row.file ? [[row.file.type, row]] : [])));
/** One f16 times -1, 0, 1 or 2, or an f16 itself. */
const halves: readonly string[] = ["F16", "TQ1_0", "TQ2_0"];

/** The format with a file type's numbers, none of them changed: its own blocks where kernels read those, else floats. */
export function formatOfType(type: string): WeightFormat {
  const row = blockRows.get(type);
  const plain = { sparse: false, method: "rtn" } as const;
  if (row) return { ...plain, id: row.id, fromFile: true };
  return { ...plain, id: halves.includes(type) ? "f16" : "f32" };
}

/** The setting with the file's formats in the place of `native`: what is computed, where the setting itself is what was asked for. */
export function resolveNative(setting: Setting, file: FileFormats): Setting {
  const { base, head, overrides } = setting;
  const asked = [base, head, ...overrides.map(({ format }) => format)];
  if (!asked.some(isNative)) return setting;
  const stored = file.matrices.map(({ format }) => format);
  const placed = file.matrices.map(({ layer, matrix, format }) => {
    const wanted = formatOf(setting, layer, matrix);
    return { first: layer, last: layer, matrix, format: isNative(wanted) ? format : wanted };
  });
  return {
    ...setting,
    base: isNative(base) ? (byCount(stored)[0] ?? file.head) : base,
    overrides: placed,
    ...(isNative(head) ? { head: file.head, embedding: file.embedding } : {}),
  };
}

/** Formats of a file's blocks, that of most matrices first. */
export function blocksOf(file: FileFormats): readonly string[] {
  const blocks = byCount([...file.matrices.map(({ format }) => format), file.head, file.embedding]);
  return blocks.filter(({ fromFile }) => fromFile).map(({ id }) => id);
}

/** Each format once, that of most matrices first. */
function byCount(formats: readonly WeightFormat[]): readonly WeightFormat[] {
  const count = ({ id }: WeightFormat): number => formats.filter((one) => one.id === id).length;
  const each = [...new Map(formats.map((format) => [format.id, format])).values()];
  return each.sort((a, b) => count(b) - count(a));
}
