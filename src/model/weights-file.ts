import { UserError } from "../lib/assert.ts";
import { type ScanOptions, type Stretch, scanFile } from "./bytes/scan.ts";
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
}

/** A checked file: every tensor lies inside it and is as long as its shape says. */
export interface WeightsFile {
  readonly source: ByteSource;
  /** By Hugging Face names. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** What the values of a tensor are kept in while the file is read. */
interface Filling {
  readonly name: string;
  readonly tensor: StoredTensor;
  readonly values: Float32Array;
}

/**
 * Reads the tensors that `wanted` names, as float32, and the SHA-256 of the file. The file is read
 * once from front to back, so that no part of it is held longer than it takes to convert it.
 */
export async function readTensors(
  file: WeightsFile,
  wanted: ReadonlySet<string>,
  options: ScanOptions & { onTensor?(name: string): void },
): Promise<{ tensors: Map<string, Float32Array>; sha256: string }> {
  const stretches: Stretch[] = [];
  const fillings: Filling[] = [];
  for (const [name, tensor] of file.tensors) {
    if (!wanted.has(name)) continue;
    const filling = { name, tensor, values: new Float32Array(elementsOf(tensor)) };
    fillings.push(filling);
    stretches.push(stretchOf(filling, () => options.onTensor?.(name)));
  }
  stretches.sort((a, b) => a.start - b.start);
  const sha256 = await scanFile(file.source, stretches, options);
  const tensors = new Map<string, Float32Array>();
  for (const { name, tensor, values } of fillings) {
    tensors.set(name, tensor.arrange?.(values) ?? values);
  }
  return { tensors, sha256 };
}

function elementsOf({ start, end, unitBytes, unitElements }: StoredTensor): number {
  return ((end - start) / unitBytes) * unitElements;
}

function stretchOf({ tensor, values }: Filling, onTake: () => void): Stretch {
  const { start, end, unitBytes, unitElements } = tensor;
  return {
    start,
    end,
    unit: unitBytes,
    take: (bytes, at) => {
      onTake();
      const from = (at / unitBytes) * unitElements;
      const part = values.subarray(from, from + (bytes.length / unitBytes) * unitElements);
      decodePart(tensor, bytes, part, from);
    },
  };
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
