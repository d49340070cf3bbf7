import { UserError } from "../../lib/assert.ts";
import type { ByteSource } from "../bytes/source.ts";
import { damaged, show } from "../json.ts";
import { type BlockType, blockTypes } from "./blocks.ts";
import { Cursor, MoreBytes } from "./cursor.ts";
import { type Metadata, readMetadata } from "./metadata.ts";

/** A tensor as the header lists it. */
export interface GgufTensor {
  readonly name: string;
  /** Slowest first, as in a Hugging Face file: the reverse of the header's order. */
  readonly shape: readonly number[];
  readonly type: BlockType;
  /** In the file. */
  readonly start: number;
  readonly end: number;
}

export interface GgufFile {
  readonly source: ByteSource;
  readonly version: number;
  readonly metadata: Metadata;
  readonly tensors: readonly GgufTensor[];
}

/** Much more than the largest vocabulary takes. */
const maxHeaderBytes = 128 << 20;
const maxTensors = 100_000;
const maxNameBytes = 256;

/** Reads and checks the header alone, whose length shows only when it has been read. */
export async function openGguf(source: ByteSource, signal?: AbortSignal): Promise<GgufFile> {
  const size = await source.size(signal);
  const limit = Math.min(size, maxHeaderBytes);
  let bytes = await source.read(0, Math.min(limit, 1 << 16), { signal });
  for (;;) {
    try {
      return parseGguf(source, new Cursor(bytes, size, source.name));
    } catch (error) {
      if (!(error instanceof MoreBytes)) throw error;
      if (bytes.length >= limit) {
        throw new UserError(
          `${source.name}: the header does not end within ${limit} bytes; it is no GGUF file, or a damaged one`,
        );
      }
      const more = await source.read(bytes.length, Math.min(limit, bytes.length * 4), { signal });
      const longer = new Uint8Array(bytes.length + more.length);
      longer.set(bytes);
      longer.set(more, bytes.length);
      bytes = longer;
    }
  }
}

function parseGguf(source: ByteSource, cursor: Cursor): GgufFile {
  const { name } = source;
  if (cursor.u32("the magic") !== 0x46554747) {
    throw new UserError(
      `${name} is no GGUF file; choose the model's .gguf file, or download it again`,
    );
  }
  const version = cursor.u32("the version");
  if (version !== 2 && version !== 3) {
    // The bytes of a small number the wrong way round.
    const why = version >= 1 << 16 ? "is big-endian" : `has version ${version}`;
    throw new UserError(`${name} ${why}, but only little-endian versions 2 and 3 are read`);
  }
  const tensorCount = cursor.u64("the number of tensors");
  const keyCount = cursor.u64("the number of keys");
  if (tensorCount > maxTensors) throw damaged(`${name}: the header claims ${tensorCount} tensors`);
  const metadata = readMetadata(cursor, keyCount);
  const listed = Array.from({ length: tensorCount }, () => readTensorInfo(cursor, name));
  const alignment = metadata.number("general.alignment") ?? 32;
  if (alignment < 1 || alignment > 1 << 20 || !Number.isInteger(alignment))
    throw damaged(`${name}: general.alignment is ${alignment}, no number of bytes`);
  const dataStart = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = listed.map((entry) => place(entry, dataStart, alignment, cursor.fileBytes, name));
  checkOverlaps(tensors, name);
  return { source, version, metadata, tensors };
}

interface Listed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: number;
  readonly offset: number;
}

function readTensorInfo(cursor: Cursor, fileName: string): Listed {
  const name = cursor.text("a tensor's name", maxNameBytes);
  const subject = `${fileName}: tensor ${show(name)}`;
  const dims = cursor.u32("a tensor's dimensions");
  if (dims < 1 || dims > 4) throw damaged(`${subject} has ${dims} dimensions, not 1 to 4`);
  const sizes = Array.from({ length: dims }, () => cursor.u64("a tensor's size"));
  return {
    name,
    shape: sizes.reverse(),
    type: cursor.u32("a tensor's type"),
    offset: cursor.u64("a tensor's offset"),
  };
}

function place(
  { name, shape, type: number, offset }: Listed,
  dataStart: number,
  alignment: number,
  fileBytes: number,
  fileName: string,
): GgufTensor {
  const subject = `${fileName}: tensor ${show(name)}`;
  const type = blockTypes.get(number);
  if (type === undefined)
    throw new UserError(
      `${subject} has the unknown type ${number}; choose a file of another precision`,
    );
  const columns = shape.at(-1) ?? 0;
  if (columns % type.elements !== 0) {
    throw damaged(
      `${subject} has rows of ${columns} values, no multiple of ${type.name}'s ${type.elements}`,
    );
  }
  if (offset % alignment !== 0)
    throw damaged(`${subject} begins at ${offset}, no multiple of the alignment ${alignment}`);
  const elements = shape.reduce((product, size) => product * size, 1);
  const start = dataStart + offset;
  const end = start + (elements / type.elements) * type.bytes;
  if (end > fileBytes)
    throw damaged(`${subject} ends at byte ${end} but the file has ${fileBytes} bytes`);
  return { name, shape, type, start, end };
}

function checkOverlaps(tensors: readonly GgufTensor[], fileName: string): void {
  const sorted = [...tensors].sort((a, b) => a.start - b.start || a.end - b.end);
  let end = 0;
  const names = new Set<string>();
  for (const tensor of sorted) {
    const subject = `${fileName}: tensor ${show(tensor.name)}`;
    if (tensor.start < end) throw damaged(`${subject} begins inside another tensor`);
    if (names.has(tensor.name)) throw damaged(`${subject} is listed twice`);
    names.add(tensor.name);
    end = tensor.end;
  }
}
