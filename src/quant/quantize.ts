import { invariant, UserError } from "../lib/assert.ts";
import { f16ToF32 } from "../lib/f16.ts";
import { groupCount, groupSize, keptCount } from "./layout.ts";
import { formatRow } from "./registry.ts";
import { keepMagnitude24 } from "./sparse24.ts";
import type { FormatRow, QuantTensor, WeightFormat } from "./types.ts";

/**
 * Codes of values [rows][cols] in a format: the 2:4 mask first where the format is sparse, then the
 * codes of what it keeps, a scale for every group of `cols` (so group 32 is 16 kept values). Dense
 * f32 shares the given array. Throws UserError, with `name` as the subject, on NaN, infinity and
 * magnitudes that the format's scale cannot express.
 */
export function quantizeTensor(
  values: Float32Array,
  rows: number,
  cols: number,
  format: WeightFormat,
  options: { readonly name?: string } = {},
): QuantTensor {
  const row = formatRow(format.id);
  const name = options.name ?? "The matrix";
  if (values.length !== rows * cols) {
    throw new UserError(
      `${name} has ${values.length} values where [${rows}, ${cols}] needs ${rows * cols}.`,
    );
  }
  invariant(row.grouped || format.method === "rtn", `${row.id} has no scale for ${format.method}`);
  checkRange(values, cols, row, name);
  const sparse = format.sparse ? keepMagnitude24(values, rows, cols) : undefined;
  const kept = sparse ? sparse.kept : values;
  const positions = sparse ? { positions: sparse.positions } : {};
  if (row.encodeFloats) {
    return { format, rows, cols, codes: row.encodeFloats(kept), ...positions };
  }
  return { format, rows, cols, ...quantizeGroups(kept, rows, cols, format, row), ...positions };
}

function quantizeGroups(
  kept: Float32Array,
  rows: number,
  cols: number,
  format: WeightFormat,
  row: FormatRow,
): Pick<QuantTensor, "codes" | "scales" | "zeros"> {
  const { quantizeGroup } = row;
  invariant(quantizeGroup, `${row.id} has no quantizer`);
  const width = keptCount(format.sparse, cols);
  const groups = groupCount(format.group, cols);
  const step = keptPerGroup(format, cols);
  const codes = new Uint8Array(rows * width);
  const scales = new Uint16Array(rows * groups);
  const zeros = new Uint8Array(row.asymmetric ? rows * groups : 0);
  for (let at = 0, n = 0; n < rows; n++) {
    const end = (n + 1) * width;
    for (let start = n * width; start < end; start += step, at++) {
      const stop = Math.min(start + step, end);
      const { scale, zero } = quantizeGroup(kept, codes, format.method, start, stop);
      scales[at] = scale;
      if (row.asymmetric) zeros[at] = zero;
    }
  }
  return row.asymmetric ? { codes, scales, zeros } : { codes, scales };
}

/** The matrix [rows][cols] that the codes stand for, in f32: the reference of every kernel. */
export function dequantizeTensor(tensor: QuantTensor): Float32Array {
  const { format, rows, cols, positions } = tensor;
  const width = keptCount(format.sparse, cols);
  const kept = keptValues(tensor, width);
  if (!positions) return kept;
  const values = new Float32Array(rows * cols);
  for (let n = 0; n < rows; n++) {
    for (let i = 0; i < width; i++) {
      const position = positions[(n * width + i) >> 1] ?? 0;
      const col = 4 * (i >> 1) + (i & 1 ? position >> 2 : position & 3);
      if (col < cols) values[n * cols + col] = kept[n * width + i] ?? 0;
    }
  }
  return values;
}

/** [rows][width] values of the codes, without the pruned ones. */
function keptValues({ format, rows, cols, codes, scales, zeros }: QuantTensor, width: number) {
  const row = formatRow(format.id);
  if (row.decodeFloats) {
    invariant(!(codes instanceof Uint8Array), `${row.id} with integer codes`);
    return row.decodeFloats(codes);
  }
  invariant(scales, `${row.id} without scales`);
  const step = keptPerGroup(format, cols);
  const half = 2 ** (row.bits - 1);
  const values = new Float32Array(rows * width);
  for (let at = 0, n = 0; n < rows; n++) {
    const end = (n + 1) * width;
    for (let start = n * width; start < end; start += step, at++) {
      const scale = f16ToF32(scales[at] ?? 0);
      const zero = zeros ? (zeros[at] ?? 0) : half;
      const stop = Math.min(start + step, end);
      // The product has at most 20 significant bits, so storing it as f32 rounds nothing.
      for (let i = start; i < stop; i++) values[i] = scale * ((codes[i] ?? 0) - zero);
    }
  }
  return values;
}

/** Codes that share a scale; 2:4 keeps half of a group's inputs, a row's last four as if full. */
function keptPerGroup(format: WeightFormat, cols: number): number {
  return keptCount(format.sparse, groupSize(format.group, cols));
}

function checkRange(values: Float32Array, cols: number, row: FormatRow, name: string): void {
  const { largest } = row;
  let index = 0;
  // Written so that NaN ends it too.
  while (index < values.length && Math.abs(values[index] ?? 0) <= largest) index++;
  if (index === values.length) return;
  const value = values[index] ?? 0;
  const place = `${name} holds ${value} at row ${Math.floor(index / cols)}, column ${index % cols}`;
  throw new UserError(
    Number.isFinite(value)
      ? `${place}, and ${row.id} reaches no further than ${largest}.`
      : `${place}; weights must be finite numbers.`,
  );
}
