import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formats } from "../../src/quant/registry.ts";
import type { FormatRow, QuantTensor } from "../../src/quant/types.ts";

const folder = join(import.meta.dirname, "../fixtures/gguf");
const COLS = 256;

/** Rows of the registry that GGUF files have, with the fixtures of their blocks. */
export const fileFormats = formats
  .filter(({ file }) => file)
  .map((row) => ({
    id: row.id,
    row,
    endings:
      row.id === "mxfp4" ? ["fuzz.bin"] : row.id === "iq4_nl" ? ["bin"] : ["bin", "fuzz.bin"],
  }));

export function fixture(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(folder, name)));
}

/** The 4096 weights of a fixture's blocks as a matrix, and the blocks. */
export function blocksOf(
  { id, file }: FormatRow,
  ending: string,
): { readonly bytes: Uint8Array; readonly tensor: QuantTensor } {
  const bytes = fixture(`${id.replace("k", "K")}.${ending}`);
  const codes = file?.codesOf(bytes);
  if (!codes) throw new Error(`${id} is in no file`);
  const format = { id, sparse: false, method: "rtn" } as const;
  return { bytes, tensor: { format, rows: 4096 / COLS, cols: COLS, ...codes } };
}

/** e8m0's lowest bytes and NaN, of which mxfp4 makes nothing; no quantiser writes them. */
export function isOdd({ id }: FormatRow, bytes: Uint8Array, value: number): boolean {
  return id === "mxfp4" && [0, 1, 255].includes(bytes[17 * (value >> 5)] ?? 0);
}
