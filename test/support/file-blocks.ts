import { readFileSync } from "node:fs";
import { join } from "node:path";
import { f32ArrayToF16 } from "../../src/lib/f16.ts";
import { quantizeTensor } from "../../src/quant/quantize.ts";
import { formats } from "../../src/quant/registry.ts";
import type { Codes, FormatRow, QuantTensor } from "../../src/quant/types.ts";

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

/**
 * Values [rows][cols] as a file of that type has them: blocks of our own rounding, floats, or, of types that nothing here writes, the
 * fixture's blocks over and over.
 */
export function blockBytes(type: string, values: Float32Array, cols: number): Uint8Array {
  if (type === "F32") return new Uint8Array(values.slice().buffer);
  if (type === "F16") return new Uint8Array(f32ArrayToF16(values).buffer);
  const row = formats.find(({ file }) => file?.type === type);
  if (row) {
    const format = { id: row.id, sparse: false, method: "rtn" } as const;
    return bytesOf(row, quantizeTensor(values, values.length / cols, cols, format));
  }
  const blocks = fixture(`${type.toLowerCase()}${type === "IQ4_XS" ? ".fuzz" : ""}.bin`);
  return Uint8Array.from(
    { length: (values.length / 4096) * blocks.length },
    (_, i) => blocks[i % blocks.length] ?? 0,
  );
}

/** Codes and scales put together again: what FileBlocks takes apart. */
function bytesOf({ file, bits }: FormatRow, { codes, scales }: Codes): Uint8Array {
  if (!file) throw new Error("no block of a file");
  if (!scales) return Uint8Array.from(codes);
  const count = codes.length / file.elements;
  const first = scales.byteLength / count;
  const numbers = new Uint8Array(scales.buffer, scales.byteOffset, scales.byteLength);
  const bytes = new Uint8Array(count * file.bytes);
  for (let block = 0; block < count; block++) {
    const at = block * file.bytes;
    bytes.set(numbers.subarray(block * first, (block + 1) * first), at);
    for (let i = 0; i < file.elements; i++) {
      const code = codes[block * file.elements + i] ?? 0;
      if (bits === 8) bytes[at + first + i] = code ^ 128;
      else {
        const low = at + file.bytes - 16 + (i % 16);
        bytes[low] = (bytes[low] ?? 0) | ((code & 15) << (i < 16 ? 0 : 4));
        const high = at + first + (i >> 3);
        if (bits === 5) bytes[high] = (bytes[high] ?? 0) | ((code >> 4) << (i & 7));
      }
    }
  }
  return bytes;
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
