import { blockTypes } from "./blocks.ts";

/** A value of the metadata, by the name of its type in the format. */
export type GgufValue =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "u32" | "i32" | "f32"; readonly value: number }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "i32s" | "f32s"; readonly value: ArrayLike<number> };

export interface GgufTensorData {
  readonly name: string;
  /** Slowest first; the header has it the other way round. */
  readonly shape: readonly number[];
  /** The name of a block type: "F32", "Q8_0". */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface GgufContent {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly GgufTensorData[];
  readonly version?: 2 | 3;
}

const alignment = 32;
const typeNumbers = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, list: 9 } as const;

/** A whole GGUF file, little-endian. */
export function writeGguf({
  metadata,
  tensors,
  version = 3,
}: GgufContent): Uint8Array<ArrayBuffer> {
  const header = new Bytes();
  header.put(new TextEncoder().encode("GGUF"));
  header.u32(version);
  header.u64(tensors.length);
  header.u64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    header.text(key);
    putValue(header, value);
  }
  let offset = 0;
  for (const { name, shape, type, bytes } of tensors) {
    header.text(name);
    header.u32(shape.length);
    for (const size of [...shape].reverse()) header.u64(size);
    header.u32(numberOf(type));
    header.u64(offset);
    offset = aligned(offset + bytes.length);
  }
  const start = aligned(header.length);
  const file = new Uint8Array(start + offset);
  header.copyTo(file);
  let at = start;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at = aligned(at + bytes.length);
  }
  return file;
}

function putValue(out: Bytes, entry: GgufValue): void {
  switch (entry.type) {
    case "strings":
      out.u32(typeNumbers.list);
      out.u32(typeNumbers.string);
      out.u64(entry.value.length);
      for (const text of entry.value) out.text(text);
      return;
    case "i32s":
    case "f32s": {
      const values =
        entry.type === "i32s" ? Int32Array.from(entry.value) : Float32Array.from(entry.value);
      out.u32(typeNumbers.list);
      out.u32(entry.type === "i32s" ? typeNumbers.i32 : typeNumbers.f32);
      out.u64(values.length);
      out.put(new Uint8Array(values.buffer));
      return;
    }
    case "string":
      out.u32(typeNumbers.string);
      out.text(entry.value);
      return;
    case "bool":
      out.u32(typeNumbers.bool);
      out.put(Uint8Array.of(entry.value ? 1 : 0));
      return;
    case "u32":
    case "i32":
    case "f32": {
      out.u32(typeNumbers[entry.type]);
      const values =
        entry.type === "f32" ? Float32Array.of(entry.value) : Uint32Array.of(entry.value);
      out.put(new Uint8Array(values.buffer));
      return;
    }
    default:
      entry satisfies never;
  }
}

function numberOf(type: string): number {
  for (const [number, { name }] of blockTypes) if (name === type) return number;
  throw new RangeError(`no block type "${type}"`);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

class Bytes {
  length = 0;
  readonly #parts: Uint8Array[] = [];

  put(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  u32(value: number): void {
    this.put(new Uint8Array(Uint32Array.of(value).buffer));
  }

  u64(value: number): void {
    this.put(new Uint8Array(BigUint64Array.of(BigInt(value)).buffer));
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.u64(bytes.length);
    this.put(bytes);
  }

  copyTo(out: Uint8Array): void {
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
  }
}
