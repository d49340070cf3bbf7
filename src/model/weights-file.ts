import { UserError } from "../lib/assert.ts";
import { formatOfType } from "../quant/native.ts";
import { HeldBytes } from "./bytes/held.ts";
import { pieceBytes, type ScanOptions, type Stretch, scanFile } from "./bytes/scan.ts";
import type { ByteSource } from "./bytes/source.ts";
import type { BlockDecoder } from "./floats.ts";
import { damaged } from "./json.ts";

/** A tensor where it lies in a file, and how it becomes float32. */
export interface StoredTensor {
  /** As messages name it: the file, and the name the tensor has there. */
  readonly subject: string;
  /** As in a Hugging Face file: [rows, cols] for a matrix. */
  readonly shape: readonly number[];
  /** As the file calls it: "F16", "Q4_K". */
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** Bytes that only make sense together, and the values they hold. */
  readonly unitBytes: number;
  readonly unitElements: number;
  /** Null for a type that is not read. */
  readonly decode: BlockDecoder | null;
  /** From the file's order of values to that of a Hugging Face file; may work in place. */
  readonly arrange?: (values: Float32Array) => Float32Array;
  /** The same for one number a row, where whole rows change places. */
  readonly moveRows?: (numbers: Float32Array) => Float32Array;
}

/** A checked file: every tensor lies inside it and is as long as its shape says. */
export interface WeightsFile {
  readonly source: ByteSource;
  /** By Hugging Face names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** The values of a tensor in the order of a Hugging Face file; where the file keeps them, each call decodes them anew. */
export type TensorReader = () => Float32Array;

/** Bytes of a tensor as its file has them, counted from its own first. */
export type BytesReader = (from: number, to: number) => Uint8Array;

export interface ReadTensors {
  readonly tensors: Map<string, TensorReader>;
  /** Of those that were left in the file. */
  readonly bytes: Map<string, BytesReader>;
  /** Reads those there from now on; what was held of them is let go. */
  moveTo(source: ByteSource): void;
  readonly sha256: string;
}

export interface ReadOptions extends ScanOptions {
  /** Leaves all matrices as the file has them, and decodes them when they are asked for. */
  readonly late?: boolean;
  /** The tensor whose bytes have come. */
  onTensor?(name: string): void;
}

/**
 * Reads the tensors that `wanted` names, as float32, and the SHA-256 of the file. The file is read
 * once from front to back, so that no part of it is held longer than it takes to convert it. All of it is
 * checked, also what is left in the file.
 */
export async function readTensors(
  file: WeightsFile,
  wanted: ReadonlySet<string>,
  { late = false, ...options }: ReadOptions,
): Promise<ReadTensors> {
  const stretches: Stretch[] = [];
  const tensors = new Map<string, TensorReader>();
  const bytesOf = new Map<string, BytesReader>();
  const held: HeldBytes[] = [];
  const scratch = new Scratch();
  for (const [name, tensor] of file.tensors) {
    if (!wanted.has(name)) continue;
    const left = isLeft(tensor, late);
    const bytes = left ? new HeldBytes(file.source, tensor.start, tensor.end) : null;
    const { read, stretch } = bytes ? leave(tensor, bytes, scratch) : fill(tensor);
    tensors.set(name, read);
    if (bytes) {
      held.push(bytes);
      bytesOf.set(name, (from, to) => bytes.read(from, to));
    }
    const take = (bytes: Uint8Array, at: number): void => {
      options.onTensor?.(name);
      stretch.take(bytes, at);
    };
    stretches.push({ ...stretch, take });
  }
  stretches.sort((a, b) => a.start - b.start);
  const sha256 = await scanFile(file.source, stretches, options);
  const moveTo = (source: ByteSource): void => {
    for (const bytes of held) bytes.moveTo(source);
  };
  return { tensors, bytes: bytesOf, moveTo, sha256 };
}

/** Matrices of a large model, and blocks that run as they are, are decoded from the file whenever their values are asked for. */
export function isLeft({ shape, type }: StoredTensor, late: boolean): boolean {
  return shape.length > 1 && (late || formatOfType(type).fromFile === true);
}

export function elementsOf({ start, end, unitBytes, unitElements }: StoredTensor): number {
  return ((end - start) / unitBytes) * unitElements;
}

interface Filling {
  readonly stretch: Stretch;
  readonly read: TensorReader;
}

/** Decodes on arrival. */
function fill(tensor: StoredTensor): Filling {
  const { unitBytes, unitElements } = tensor;
  const values = new Float32Array(elementsOf(tensor));
  let arranged: Float32Array | null = null;
  const take = (bytes: Uint8Array, at: number): void => {
    const from = (at / unitBytes) * unitElements;
    const part = values.subarray(from, from + (bytes.length / unitBytes) * unitElements);
    decodePart(tensor, bytes, part, from);
  };
  return {
    stretch: stretchOf(tensor, take),
    read: () => {
      arranged ??= tensor.arrange?.(values) ?? values;
      return arranged;
    },
  };
}

/** Checks on arrival and decodes when asked, from the file or from its bytes. */
function leave(tensor: StoredTensor, held: HeldBytes, scratch: Scratch): Filling {
  const { start, end, unitBytes, unitElements } = tensor;
  const read = (): Float32Array => {
    const values = new Float32Array(elementsOf(tensor));
    const step = Math.max(1, Math.floor(pieceBytes / unitBytes)) * unitBytes;
    for (let at = 0; at < end - start; at += step) {
      const bytes = held.read(at, Math.min(at + step, end - start));
      const from = (at / unitBytes) * unitElements;
      const count = (bytes.length / unitBytes) * unitElements;
      // A file may have changed since it was checked.
      decodePart(tensor, bytes, values.subarray(from, from + count), from);
    }
    return tensor.arrange?.(values) ?? values;
  };
  return { stretch: stretchOf(tensor, check(tensor, held, scratch)), read };
}

/** Apart from the reader, which lives on when `scratch` is not needed any more. */
function check(tensor: StoredTensor, held: HeldBytes, scratch: Scratch): Stretch["take"] {
  const { unitBytes, unitElements } = tensor;
  return (bytes, at) => {
    held.put(bytes, at);
    const count = (bytes.length / unitBytes) * unitElements;
    decodePart(tensor, bytes, scratch.of(count), (at / unitBytes) * unitElements);
  };
}

/** One array for what is only looked at. */
class Scratch {
  #values = new Float32Array();

  of(count: number): Float32Array {
    if (this.#values.length < count) this.#values = new Float32Array(count);
    return this.#values.subarray(0, count);
  }
}

function stretchOf({ start, end, unitBytes }: StoredTensor, take: Stretch["take"]): Stretch {
  return { start, end, unit: unitBytes, take };
}

/** Refuses NaN and infinity, which no later step could recover from. */
function decodePart(
  { subject, type, decode }: StoredTensor,
  bytes: Uint8Array,
  part: Float32Array,
  from: number,
): void {
  if (decode === null) throw new UserError(`${subject} has the type ${type}, which is not read`);
  decode(bytes, part);
  for (let i = 0; i < part.length; i++) {
    if (!Number.isFinite(part[i]))
      throw damaged(`${subject} holds ${part[i]} at index ${from + i}`);
  }
}
