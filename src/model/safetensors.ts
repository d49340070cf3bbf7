import { UserError } from "../lib/assert.ts";
import { f16ArrayToF32 } from "../lib/f16.ts";
import { damaged, isObject, show } from "./json.ts";

/** One tensor of the header. `start` and `end` are byte positions in the whole file. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/**
 * A checked file: every entry lies inside the bytes, overlaps no other and is as long as its shape
 * says.
 */
export interface SafetensorsFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/**
 * Bytes of one value. Models carry integer tensors beside the weights: they may stand in the file,
 * but are not read.
 */
// biome-ignore format: a table
const widths: ReadonlyMap<string, number> = new Map([
  ["F64", 8], ["F32", 4], ["F16", 2], ["BF16", 2], ["I64", 8], ["I32", 4], ["I16", 2], ["I8", 1],
  ["U64", 8], ["U32", 4], ["U16", 2], ["U8", 1], ["BOOL", 1], ["F8_E4M3", 1], ["F8_E5M2", 1],
]);
const readable = "F32, F16 and BF16";

const prefixBytes = 8;
/** The format's own limit: a longer header is an attack or an accident. */
const maxHeaderBytes = 100_000_000;

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

/** Reads and checks the header; the values are looked at by `readTensor`. */
export function openSafetensors(bytes: Uint8Array, fileName: string): SafetensorsFile {
  const header = readHeader(bytes, fileName);
  const dataStart = prefixBytes + header.length;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header.json)) {
    if (name === "__metadata__") continue;
    tensors.set(name, checkEntry(name, value, dataStart, bytes.length, fileName));
  }
  checkLayout([...tensors.values()], dataStart, bytes.length, fileName);
  return { fileName, bytes, tensors };
}

/**
 * A copy of the tensor as float32, F16 and BF16 widened. Refuses NaN and infinity, which no later
 * step could recover from.
 */
export function readTensor(file: SafetensorsFile, name: string): Float32Array {
  const entry = file.tensors.get(name);
  const subject = tensorSubject(file.fileName, name);
  if (entry === undefined) throw new UserError(`${subject} is missing from the file`);
  // A copy, because offsets in the file need not be multiples of the width; by `set`, because the
  // `slice` of Node's Buffer would only look like one. Typed arrays are little-endian, as the file
  // is, on every machine that has WebGPU.
  const copy = new Uint8Array(entry.end - entry.start);
  copy.set(file.bytes.subarray(entry.start, entry.end));
  const raw = copy.buffer;
  let values: Float32Array;
  if (entry.dtype === "F32") values = new Float32Array(raw);
  else if (entry.dtype === "F16") values = f16ArrayToF32(new Uint16Array(raw));
  else if (entry.dtype === "BF16") values = widenBf16(new Uint16Array(raw));
  else throw new UserError(`${subject} has dtype ${entry.dtype}, but only ${readable} can be read`);
  const bad = firstNotFinite(values);
  if (bad >= 0) throw damaged(`${subject} holds ${values[bad]} at index ${bad}`);
  return values;
}

/** For messages: file and tensor. Names come from the file, so they are quoted and cut. */
export function tensorSubject(fileName: string, name: string): string {
  return `${fileName}: tensor ${show(name)}`;
}

function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

function widenBf16(bits: Uint16Array): Float32Array {
  // bfloat16 is the upper half of a float32.
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

function readHeader(bytes: Uint8Array, fileName: string): { length: number; json: object } {
  for (const [start, sentence] of strangers) {
    if (startsWith(bytes, start)) throw new UserError(`${fileName} ${sentence}`);
  }
  if (bytes.length < prefixBytes) {
    throw damaged(
      `${fileName}: the header needs ${prefixBytes} bytes but the file has ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, prefixBytes);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length > maxHeaderBytes) {
    throw new UserError(
      `${fileName}: the header claims ${length} bytes, too many; it is no safetensors file`,
    );
  }
  if (prefixBytes + length > bytes.length) {
    throw damaged(
      `${fileName}: the header ends at byte ${prefixBytes + length} of ${bytes.length}`,
    );
  }
  let json: unknown;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(
      bytes.subarray(prefixBytes, prefixBytes + length),
    );
    json = JSON.parse(text);
  } catch {
    throw damaged(`${fileName}: the header is not valid JSON`);
  }
  if (!isObject(json)) throw damaged(`${fileName}: the header is not a JSON object`);
  return { length, json };
}

function checkEntry(
  name: string,
  value: unknown,
  dataStart: number,
  fileBytes: number,
  fileName: string,
): TensorEntry {
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
  return { name, dtype, shape, start: dataStart + from, end: dataStart + to };
}

/**
 * The format asks for tensors side by side: neither overlaps nor holes, so that a file cannot hide
 * anything.
 */
function checkLayout(
  entries: TensorEntry[],
  dataStart: number,
  fileBytes: number,
  fileName: string,
): void {
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = dataStart;
  for (const entry of entries) {
    const subject = tensorSubject(fileName, entry.name);
    const place = `${subject} begins at byte ${entry.start}`;
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
