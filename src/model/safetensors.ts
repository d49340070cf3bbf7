import { UserError } from "../lib/assert.ts";
import type { ByteSource } from "./bytes/source.ts";
import { type BlockDecoder, decodeBf16, decodeF16, decodeF32 } from "./gguf/blocks.ts";
import { damaged, isObject, type JsonObject, parseObject, show } from "./json.ts";
import type { StoredTensor, WeightsFile } from "./weights-file.ts";

/**
 * Bytes of one value. Models carry integer tensors beside the weights: they may stand in the file,
 * but are not read.
 */
// biome-ignore format: a table
const widths: ReadonlyMap<string, number> = new Map([
  ["F64", 8], ["F32", 4], ["F16", 2], ["BF16", 2], ["I64", 8], ["I32", 4], ["I16", 2], ["I8", 1],
  ["U64", 8], ["U32", 4], ["U16", 2], ["U8", 1], ["BOOL", 1], ["F8_E4M3", 1], ["F8_E5M2", 1],
]);
const decoders: Readonly<Record<string, BlockDecoder>> = {
  F32: decodeF32,
  F16: decodeF16,
  BF16: decodeBf16,
};
const readable = "F32, F16 and BF16";

const prefixBytes = 8;
/** A hundred times what the largest models need: a longer header is an attack or an accident. */
const maxHeaderBytes = 16 << 20;

/** Files that people put in the place of model.safetensors, by how they begin. */
const strangers: readonly (readonly [string, string])[] = [
  [
    "version https://git-lfs",
    "is a Git LFS pointer, not the weights themselves; fetch the real file with `git lfs pull`",
  ],
  ["<!DOCTYPE", "is a web page, not a safetensors file; download it again"],
  ["<html", "is a web page, not a safetensors file; download it again"],
  ["GGUF", "is a GGUF file, not a safetensors file; choose the model's model.safetensors"],
  [
    "PK\u0003\u0004",
    "is a zip or PyTorch file, not a safetensors file; choose the model's model.safetensors",
  ],
];

/** Reads and checks the header alone. */
export async function openSafetensors(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<WeightsFile> {
  const size = await source.size(signal);
  const start = await source.read(0, Math.min(size, prefixBytes), { signal });
  const length = headerLength(start, size, source.name);
  const header = await source.read(prefixBytes, prefixBytes + length, { signal });
  return { source, tensors: parseHeader(header, size, source.name) };
}

/** The tensors of a header (the JSON alone) that stands in a file of `fileBytes`. */
function parseHeader(
  header: Uint8Array,
  fileBytes: number,
  fileName: string,
): Map<string, StoredTensor> {
  const json = readJson(header, fileName);
  const dataStart = prefixBytes + header.length;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of Object.entries(json)) {
    if (name === "__metadata__") continue;
    tensors.set(name, checkEntry(name, value, dataStart, fileBytes, fileName));
  }
  checkLayout([...tensors.values()], dataStart, fileBytes, fileName);
  return tensors;
}

/** Names come from the file, so they are quoted and cut. */
function tensorSubject(fileName: string, name: string): string {
  return `${fileName}: tensor ${show(name)}`;
}

function headerLength(bytes: Uint8Array, fileBytes: number, fileName: string): number {
  if (fileBytes < prefixBytes) {
    throw damaged(
      `${fileName}: the header needs ${prefixBytes} bytes but the file has ${fileBytes}`,
    );
  }
  for (const [start, sentence] of strangers) {
    if (startsWith(bytes, start.slice(0, prefixBytes)))
      throw new UserError(`${fileName} ${sentence}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, prefixBytes);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > maxHeaderBytes) {
    throw new UserError(
      `${fileName}: the header claims ${length} bytes, too many; it is no safetensors file`,
    );
  }
  if (prefixBytes + length > fileBytes) {
    throw damaged(`${fileName}: the header ends at byte ${prefixBytes + length} of ${fileBytes}`);
  }
  return length;
}

function readJson(header: Uint8Array, fileName: string): JsonObject {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
  } catch {
    throw damaged(`${fileName}: the header is not valid JSON`);
  }
  return parseObject({ name: `${fileName}: the header`, text });
}

function checkEntry(
  name: string,
  value: unknown,
  dataStart: number,
  fileBytes: number,
  fileName: string,
): StoredTensor {
  const subject = tensorSubject(fileName, name);
  if (!isObject(value)) throw damaged(`${subject} is not described by an object`);
  const { dtype, shape, data_offsets: offsets } = value;
  const width = typeof dtype === "string" ? widths.get(dtype) : undefined;
  if (typeof dtype !== "string" || width === undefined) {
    throw new UserError(`${subject} has the unknown dtype ${show(dtype)}; ${readable} can be read`);
  }
  if (!isSizes(shape)) throw damaged(`${subject} has the shape ${show(shape)}, no list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw damaged(`${subject} has data_offsets ${show(offsets)}, not two positions`);
  }
  const [from = 0, to = 0] = offsets;
  if (from > to) throw damaged(`${subject} has data_offsets from ${from} back to ${to}`);
  if (dataStart + to > fileBytes) {
    throw damaged(`${subject} ends at byte ${dataStart + to} but the file has ${fileBytes} bytes`);
  }
  const needed = shape.reduce((product, size) => product * size, width);
  if (needed !== to - from) {
    throw damaged(
      `${subject} has ${to - from} bytes, not the ${needed} of ${show(shape)} ${dtype} values`,
    );
  }
  return {
    subject,
    type: dtype,
    shape,
    start: dataStart + from,
    end: dataStart + to,
    unitBytes: width,
    unitElements: 1,
    decode: decoders[dtype] ?? null,
  };
}

/**
 * The format asks for tensors side by side: neither overlaps nor holes, so that a file cannot hide
 * anything.
 */
function checkLayout(
  entries: StoredTensor[],
  dataStart: number,
  fileBytes: number,
  fileName: string,
): void {
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = dataStart;
  for (const entry of entries) {
    const place = `${entry.subject} begins at byte ${entry.start}`;
    if (entry.start < end) throw damaged(`${place}, inside another tensor`);
    if (entry.start > end) throw damaged(`${place}, after ${entry.start - end} bytes of no tensor`);
    end = entry.end;
  }
  if (end < fileBytes) {
    throw damaged(
      `${fileName}: the last tensor ends at byte ${end} but the file has ${fileBytes} bytes`,
    );
  }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return [...text].every((char, i) => bytes[i] === char.charCodeAt(0));
}
